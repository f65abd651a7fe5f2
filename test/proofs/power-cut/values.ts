/**
 * The keys and values of the generated states. A value follows from its key and version, so a read can be held against
 * everything that was ever set.
 */

import { hashKey } from '../../../src/disk/value/key.ts';

export const VALUE_KINDS = ['text', 'empty', 'number', 'json', 'buffer', 'bytes', 'map', 'blank', 'large'] as const;

/** What a value is made of. */
export type ValueKind = (typeof VALUE_KINDS)[number];

/** Longer than what is read and written synchronously by the asynchronous calls, in bytes. */
const LARGE_BYTES = 140_000;

/** The value that a key has in a version. */
export function makeValue(key: number, version: number, kind: ValueKind): unknown {
  const name = `key ${key} version ${version}`;
  switch (kind) {
    case 'text':
      return `${name} `.repeat(1 + ((version * 37) % 300));
    case 'empty':
      return '';
    case 'number':
      return version;
    case 'json':
      return { name, list: Array.from({ length: version % 40 }, (_, index) => index) };
    case 'buffer':
      return Buffer.from(name);
    case 'bytes':
      return new Uint8Array(Buffer.from(name.repeat(20)));
    case 'map':
      return new Map<string, unknown>([[name, new Date(version)]]);
    case 'blank':
      // Zeros are what a lost block reads as.
      return Buffer.alloc(5000);
    case 'large':
      return Buffer.alloc(LARGE_BYTES, name);
  }
}

/** A key whose files lie in the same folder as those of `key`. */
function neighbourOf(key: string): string {
  const shard = hashKey(key).slice(0, 2);
  for (let number = 0; ; number++) {
    const candidate = `neighbour ${number}`;
    if (hashKey(candidate).startsWith(shard)) return candidate;
  }
}

/** Two that share a shard, one that is full of what paths and lines trip over, one whose sidecar takes several reads. */
export const KEYS: readonly string[] = [
  'first',
  neighbourOf('first'),
  '../"odd",\n\0/ключ 🧤',
  `long ${'x'.repeat(5000)}`,
  'last',
];
