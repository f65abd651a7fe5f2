/**
 * Files outside of Git clones that were read, kept so that they need not be read again.
 */

import type { Stats } from 'node:fs';
import { CacheKey } from '../../cache-key.ts';
import type { CacheManager } from '../../cache-manager.ts';
import { CacheError } from '../../errors.ts';
import { isUntouched, type SeenFile } from '../build/seen-file.ts';
import { digestOf } from '../content/digest.ts';

/** As it is kept: short, since there may be tens of thousands. */
type Row = readonly [
  digest: string,
  readAt: number,
  ino: number,
  size: number,
  mtimeMs: number,
  ctimeMs: number,
  mode: number,
];

/** What is known of the files of a folder. */
export class KnownFiles {
  readonly #cache: CacheManager;
  readonly #key: CacheKey;
  readonly #earlier: ReadonlyMap<string, SeenFile>;
  readonly #now = new Map<string, SeenFile>();
  #isNew = false;

  private constructor(cache: CacheManager, key: CacheKey, earlier: ReadonlyMap<string, SeenFile>) {
    this.#cache = cache;
    this.#key = key;
    this.#earlier = earlier;
  }

  /** @param folder its real path. */
  static async load(cache: CacheManager, folder: string): Promise<KnownFiles> {
    const key = CacheKey.fromParts('build', 'files', digestOf(folder));
    const kept = await cache.get(key);
    const rows = typeof kept === 'object' && kept !== null && !ArrayBuffer.isView(kept) ? Object.entries(kept) : [];
    const files = rows.flatMap(([name, row]) => (isRow(row) ? [[name, seenFile(row)] as const] : []));
    return new KnownFiles(cache, key, new Map(files));
  }

  /** The digest of a file that was not touched since it was read. */
  find(name: string, stat: Stats): string | undefined {
    const seen = this.#now.get(name) ?? this.#earlier.get(name);
    if (seen === undefined || !isUntouched(seen, stat)) return undefined;
    this.#now.set(name, seen);
    return seen.digest;
  }

  /** Adds a file that was just read; `stat` is from before. */
  add(name: string, digest: string, stat: Stats): void {
    this.#isNew = true;
    this.#now.set(name, { digest, stat, readAt: Date.now() });
  }

  /** Keeps what is known now, if it is news. A cache that doesn't take it costs time only. */
  async save(ttl: number | undefined): Promise<void> {
    if (!this.#isNew) return;
    const rows = [...this.#now].map(([name, seen]) => [name, rowOf(seen)] as const);
    this.#isNew = false;
    try {
      await this.#cache.set(this.#key, Object.fromEntries(rows), { ttl });
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
    }
  }
}

function rowOf({ digest, readAt, stat }: SeenFile): Row {
  return [digest, readAt, stat.ino, stat.size, stat.mtimeMs, stat.ctimeMs, stat.mode];
}

function seenFile([digest, readAt, ino, size, mtimeMs, ctimeMs, mode]: Row): SeenFile {
  return { digest, readAt, stat: { ino, size, mtimeMs, ctimeMs, mode } };
}

function isRow(value: unknown): value is Row {
  if (!Array.isArray(value) || value.length !== 7) return false;
  const [digest, ...numbers] = value;
  return typeof digest === 'string' && numbers.every((number) => typeof number === 'number');
}
