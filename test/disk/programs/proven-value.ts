/**
 * Values that prove themselves: whoever reads one can tell whether it is whole, whose it is and how old.
 */

/** What is in a proven value. */
export interface Proven {
  readonly key: number;
  readonly version: number;
  readonly writer: number;
}

/** A value of `length` bytes or a little more; a string, a buffer or an object by turns. */
export function makeProven({ key, version, writer }: Proven, length: number): unknown {
  const text = `${key} ${version} ${writer} ${length}|${String(version % 10).repeat(length)}`;
  if (version % 3 === 0) return text;
  if (version % 3 === 1) return Buffer.from(text);
  return { text, bytes: new Uint8Array([version % 256]) };
}

/**
 * Reads a proven value.
 * @throws if it is torn, mixed from two, or no such value at all.
 */
export function readProven(value: unknown): Proven {
  let text: unknown = value;
  if (Buffer.isBuffer(value)) text = value.toString();
  else if (typeof value === 'object' && value !== null) text = Reflect.get(value, 'text');
  if (typeof text !== 'string') throw new Error(`not a proven value: ${String(value).slice(0, 80)}`);
  const separator = text.indexOf('|');
  const [key = Number.NaN, version = Number.NaN, writer = Number.NaN, length = Number.NaN] = text
    .slice(0, separator)
    .split(' ')
    .map(Number);
  if (text.slice(separator + 1) !== String(version % 10).repeat(length)) {
    throw new Error(`a torn value: ${text.slice(0, 80)}, ${text.length} characters`);
  }
  return { key, version, writer };
}
