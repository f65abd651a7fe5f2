/**
 * Reading the lines of the index. A tag can have millions, so they are read where they lie: digits become numbers, and no
 * string is made. This is as strict as a regular expression that matches the whole line.
 */

import { isChecksum, isSize } from '../entry/sidecar.ts';
import { CODECS, type Codec } from '../value/codec.ts';
import type { IndexRecord } from './index-record.ts';
import { formatWords, GENERATION_WORDS, HASH_WORDS, parseWords, readWords, WORD_DIGITS } from './index-words.ts';

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const OPEN = ascii('["open","');
const SET = ascii('["set","');
const DEL = ascii('["del","');
const EVICT = ascii('["evict","');
const ASK = ascii('["ask","');
const BOOT = ascii('["boot"]');
const DONE = ascii('["done"]');
const BETWEEN_STRINGS = ascii('","');
const AFTER_STRING = ascii('",');
const END_AFTER_STRING = ascii('"]');
const CODEC_PARTS = CODECS.map((codec) => ascii(`"${codec}",`));

/** What ends a line. */
export const NEWLINE = 0x0a;
const COMMA = 0x2c;
const POINT = 0x2e;
const QUOTE = 0x22;
const END = 0x5d;

/** The most digits of each number. */
const TIME_DIGITS = 16;
const FRACTION_DIGITS = 9;
const SIZE_DIGITS = 10;
const ALLOCATED_DIGITS = 13;
const CHECKSUM_DIGITS = 10;
/** So many digits are added up in 32 bits, which is faster. */
const WORD_DECIMALS = 9;

/** In the place of a position: something else stands there. */
const NOWHERE = -1;

/** What a line is: a record, or something torn or foreign. */
export type LineKind = IndexRecord['kind'] | 'garbage';

/**
 * One line as a record in numbers, used again for the next line. Of the fields those are valid that its kind of
 * {@link IndexRecord} has.
 */
export class IndexLine {
  kind: LineKind = 'garbage';
  readonly hash = new Int32Array(HASH_WORDS);
  readonly generation = new Int32Array(GENERATION_WORDS);
  /** Whether a `del` or an `ask` names a generation. */
  hasGeneration = false;
  readonly replaced = new Int32Array(GENERATION_WORDS);
  /** Whether a `set` has replaced a generation. */
  hasReplaced = false;
  readonly operation = new Int32Array(GENERATION_WORDS);
  time = 0;
  size = 0;
  allocated = 0;
  expires = 0;
  created = 0;
  codec: Codec = 'text';
  checksum = 0;

  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  /** How far the line was read, or nowhere. */
  #at = 0;
  #keyAt = 0;

  /** Reads the line that begins at `start`; returns where it ends, at a newline or at `limit`. */
  read(bytes: Buffer, start: number, limit: number): number {
    this.#bytes = bytes;
    this.#start = start;
    const end = this.#readRecord(bytes, start);
    if (end !== NOWHERE && (end === limit || bytes[end] === NEWLINE)) {
      this.#end = end;
    } else {
      this.kind = 'garbage';
      const found = bytes.indexOf(NEWLINE, start);
      this.#end = found === -1 || found > limit ? limit : found;
    }
    return this.#end;
  }

  /** The length of the line, in bytes. */
  get length(): number {
    return this.#end - this.#start;
  }

  startsWith(character: number): boolean {
    return this.#bytes[this.#start] === character;
  }

  /** The text of the line that was read. */
  toText(): string {
    return this.#bytes.toString('latin1', this.#start, this.#end);
  }

  /** The key of the `set` that was read; `undefined` if its text is no key. Valid as long as the bytes are. */
  toKey(): string | undefined {
    try {
      const key: unknown = JSON.parse(this.#bytes.toString('latin1', this.#keyAt, this.#end - 1));
      return typeof key === 'string' ? key : undefined;
    } catch {
      return undefined;
    }
  }

  /** What was read, as a record of its own; `undefined` for garbage. */
  toRecord(): IndexRecord | undefined {
    const { kind } = this;
    if (kind === 'garbage') return undefined;
    if (kind === 'boot' || kind === 'done') return { kind };
    const hash = formatWords(this.hash);
    const generation = this.hasGeneration ? formatWords(this.generation) : '';
    switch (kind) {
      case 'open':
        return { kind, hash, generation, time: this.time };
      case 'del':
        return { kind, hash, operation: formatWords(this.operation), generation };
      case 'evict':
      case 'ask':
        return { kind, hash, generation };
      case 'set': {
        const { size, allocated, expires, created, codec, checksum } = this;
        const listing = { hash, generation, size, allocated, expires, created, codec, checksum };
        return { kind, replaced: this.hasReplaced ? formatWords(this.replaced) : '', listing };
      }
    }
  }

  /** Takes over a record as if its line had been read; its text and key can't be asked for. */
  take(record: IndexRecord): void {
    this.kind = record.kind;
    if (record.kind === 'boot' || record.kind === 'done') return;
    const { hash, generation } = record.kind === 'set' ? record.listing : record;
    parseWords(hash, this.hash);
    this.hasGeneration = generation !== '';
    if (this.hasGeneration) parseWords(generation, this.generation);
    if (record.kind === 'open') {
      this.time = record.time;
    } else if (record.kind === 'del') {
      parseWords(record.operation, this.operation);
    } else if (record.kind === 'set') {
      this.hasReplaced = record.replaced !== '';
      if (this.hasReplaced) parseWords(record.replaced, this.replaced);
      const { size, allocated, expires, created, codec, checksum } = record.listing;
      this.size = size;
      this.allocated = allocated;
      this.expires = expires;
      this.created = created;
      this.codec = codec;
      this.checksum = checksum;
    }
  }

  /** Each of these returns where the record ends. */
  #readRecord(bytes: Buffer, start: number): number {
    // The third character tells the kinds apart.
    switch (bytes[start + 2]) {
      case 0x6f:
        return this.#readOpen(bytes, start);
      case 0x73:
        return this.#readSet(bytes, start);
      case 0x64:
        this.kind = 'done';
        return isAt(bytes, start, DONE) ? start + DONE.length : this.#readDel(bytes, start);
      case 0x65:
        return this.#readEvict(bytes, start);
      case 0x61:
        return this.#readAsk(bytes, start);
      case 0x62:
        this.kind = 'boot';
        return isAt(bytes, start, BOOT) ? start + BOOT.length : NOWHERE;
      default:
        return NOWHERE;
    }
  }

  #readOpen(bytes: Buffer, start: number): number {
    this.kind = 'open';
    this.hasGeneration = true;
    const timeAt = pastWords(bytes, this.#pastHash(bytes, start, OPEN), this.generation, AFTER_STRING);
    this.time = this.#readNumber(bytes, timeAt, TIME_DIGITS, END);
    return this.#at;
  }

  #readSet(bytes: Buffer, start: number): number {
    this.kind = 'set';
    this.hasGeneration = true;
    const replacedAt = pastWords(bytes, this.#pastHash(bytes, start, SET), this.generation, BETWEEN_STRINGS);
    this.hasReplaced = bytes[replacedAt] !== QUOTE;
    const sizeAt = this.hasReplaced
      ? pastWords(bytes, replacedAt, this.replaced, AFTER_STRING)
      : past(bytes, replacedAt, AFTER_STRING);
    this.size = this.#readNumber(bytes, sizeAt, SIZE_DIGITS, COMMA);
    this.allocated = this.#readNumber(bytes, this.#at, ALLOCATED_DIGITS, COMMA);
    this.expires = this.#readDecimal(bytes, this.#at);
    this.created = this.#readNumber(bytes, this.#at, TIME_DIGITS, COMMA);
    const checksumAt = this.#pastCodec(bytes, this.#at);
    this.checksum = this.#readNumber(bytes, checksumAt, CHECKSUM_DIGITS, COMMA);
    this.#keyAt = this.#at;
    return isSize(this.size) && isChecksum(this.checksum) ? pastKey(bytes, this.#at) : NOWHERE;
  }

  #readDel(bytes: Buffer, start: number): number {
    this.kind = 'del';
    const generationAt = pastWords(bytes, this.#pastHash(bytes, start, DEL), this.operation, BETWEEN_STRINGS);
    return this.#pastGenerationOrNone(bytes, generationAt);
  }

  #readEvict(bytes: Buffer, start: number): number {
    this.kind = 'evict';
    this.hasGeneration = true;
    return pastWords(bytes, this.#pastHash(bytes, start, EVICT), this.generation, END_AFTER_STRING);
  }

  #readAsk(bytes: Buffer, start: number): number {
    this.kind = 'ask';
    return this.#pastGenerationOrNone(bytes, this.#pastHash(bytes, start, ASK));
  }

  /** Past what all records of one key begin with, and the opening quote of what follows. */
  #pastHash(bytes: Buffer, start: number, head: Uint8Array): number {
    return pastWords(bytes, past(bytes, start, head), this.hash, BETWEEN_STRINGS);
  }

  #pastGenerationOrNone(bytes: Buffer, at: number): number {
    this.hasGeneration = bytes[at] !== QUOTE;
    return this.hasGeneration
      ? pastWords(bytes, at, this.generation, END_AFTER_STRING)
      : past(bytes, at, END_AFTER_STRING);
  }

  #pastCodec(bytes: Buffer, at: number): number {
    if (at === NOWHERE) return NOWHERE;
    for (let number = 0; number < CODEC_PARTS.length; number++) {
      const part = CODEC_PARTS[number];
      if (part === undefined || !isAt(bytes, at, part)) continue;
      this.codec = CODECS[number] ?? 'text';
      return at + part.length;
    }
    return NOWHERE;
  }

  /** Reads a whole number of at most so many digits, and goes past the character that must follow. */
  #readNumber(bytes: Buffer, start: number, most: number, follower: number): number {
    if (start === NOWHERE) return this.#fail();
    let at = start;
    let value = 0;
    for (const end = start + Math.min(most, WORD_DECIMALS); at < end; at++) {
      const digit = (bytes[at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === start + WORD_DECIMALS) {
      let low = 0;
      let power = 1;
      for (const end = start + most; at < end; at++) {
        const digit = (bytes[at] ?? 0) - 0x30;
        if (digit < 0 || digit > 9) break;
        low = low * 10 + digit;
        power *= 10;
      }
      value = value * power + low;
    }
    if (at === start || bytes[at] !== follower) return this.#fail();
    this.#at = at + 1;
    return value;
  }

  #fail(): number {
    this.#at = NOWHERE;
    return NOWHERE;
  }

  /** Reads a number that perhaps has a fraction, and goes past the comma that must follow. */
  #readDecimal(bytes: Buffer, start: number): number {
    const whole = this.#readNumber(bytes, start, TIME_DIGITS, COMMA);
    if (whole !== NOWHERE) return whole;
    this.#readNumber(bytes, start, TIME_DIGITS, POINT);
    this.#readNumber(bytes, this.#at, FRACTION_DIGITS, COMMA);
    // Few times have a fraction, and to round it is best left to the language.
    return this.#at === NOWHERE ? NOWHERE : Number(bytes.toString('latin1', start, this.#at - 1));
  }
}

// What begins with `past` returns where something ends that is to stand at a position, or NOWHERE, also for NOWHERE.

function past(bytes: Buffer, at: number, part: Uint8Array): number {
  return at !== NOWHERE && isAt(bytes, at, part) ? at + part.length : NOWHERE;
}

function isAt(bytes: Buffer, at: number, part: Uint8Array): boolean {
  for (let index = 0; index < part.length; index++) {
    if (bytes[at + index] !== part[index]) return false;
  }
  return true;
}

/** Past the digits of as many words as there are, which are read, and the part that follows. */
function pastWords(bytes: Buffer, at: number, words: Int32Array, part: Uint8Array): number {
  if (at === NOWHERE || !readWords(bytes, at, words)) return NOWHERE;
  return past(bytes, at + words.length * WORD_DIGITS, part);
}

/** Past a string of printable ASCII without a quote in it, and the end of the record. */
function pastKey(bytes: Buffer, at: number): number {
  if (at === NOWHERE || bytes[at] !== QUOTE) return NOWHERE;
  let end = at + 1;
  while (isPrintable(bytes[end]) && bytes[end] !== QUOTE) end++;
  return end === at + 1 ? NOWHERE : past(bytes, end, END_AFTER_STRING);
}

function isPrintable(character: number | undefined): boolean {
  return character !== undefined && character >= 0x20 && character <= 0x7e;
}
