/**
 * Tags whose files somebody has written to do harm to whoever reads them.
 */

import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from '../../../src/crc32.ts';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { hashKey } from '../../../src/disk/value/key.ts';
import { createTempRoot } from '../../support/temp-root.ts';

const GENERATION = 'abcdef0123456789abcdef01';

/** The fields of a sidecar, right or wrong. */
export type Fields = Record<string, unknown>;

export class HostileTag {
  readonly cacheRoot = createTempRoot();
  readonly #folder = join(this.cacheRoot, 'default');

  constructor() {
    const cache = new DiskCacheManager({ cacheRoot: this.cacheRoot });
    cache.setSync('harmless', 'value');
    cache.closeSync();
  }

  /** Where the index is. */
  get index(): string {
    return join(this.#folder, 'index.jsonl');
  }

  /** Puts an entry there whose checksum is right. @param fields what the sidecar says instead of what would be right. */
  addEntry(key: string, codec: string, bytes: Uint8Array, fields: Fields = {}): void {
    const text = JSON.stringify({ ...rightFields(key, codec, bytes), ...fields });
    this.addFiles(key, text, bytes);
  }

  /** Puts an entry there whose sidecar says just this. */
  addFiles(key: string, sidecar: string | Uint8Array, bytes: Uint8Array = Buffer.alloc(0)): void {
    const path = this.sidecar(key);
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    fs.writeFileSync(path, sidecar);
    fs.writeFileSync(this.entry(key), bytes);
    // So that it is found by the sidecars alone.
    fs.rmSync(this.index, { force: true });
  }

  sidecar(key: string): string {
    const hash = hashKey(key);
    return join(this.#folder, 'entries', hash.slice(0, 2), `${hash}.json`);
  }

  entry(key: string): string {
    return this.sidecar(key).replace('.json', `.${GENERATION}`);
  }
}

/** What a sidecar of these bytes should say. */
export function rightFields(key: string, codec: string, bytes: Uint8Array): Fields {
  return {
    version: 1,
    key,
    generation: GENERATION,
    codec,
    size: bytes.length,
    checksum: crc32(bytes),
    created: Date.now(),
  };
}
