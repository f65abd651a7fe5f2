/**
 * A cache in SQLite as a careful engineer would write it: WAL, a time to live, and a size limit kept by evicting the least
 * recently used. Shared by the two libraries that bring SQLite to Node.
 */

import type { OpenStore } from '../harness/contestant.ts';

/** What is used of a prepared statement. */
export interface Statement {
  run(...values: unknown[]): unknown;
  /** The first row as an array; `undefined` when there is none. */
  get(...values: unknown[]): readonly unknown[] | undefined;
}

/** What is used of a database. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** The access time is written at most once in this many milliseconds per entry, as glovebox-cache does. */
const ACCESS_RESOLUTION_MS = 1000;
const PAGE_BYTES = 4096;
/** What a row takes besides its value: key, numbers, and its places in the indexes. */
const ROW_BYTES = 180;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS cache (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL,
    expires INTEGER,
    accessed INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS cache_by_access ON cache (accessed);
  CREATE INDEX IF NOT EXISTS cache_by_expiry ON cache (expires) WHERE expires IS NOT NULL;
`;

/**
 * Opens such a cache. Its size is what the database's pages take, less those that are free: cheap to ask for, and the same
 * for all processes.
 */
export function openSqlite(connect: (path: string) => Database): OpenStore {
  return (folder, options) => {
    const database = connect(`${folder}/cache.db`);
    database.exec(`
      PRAGMA busy_timeout = 10000;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = 8192;
      PRAGMA mmap_size = 67108864;
    `);
    database.exec(SCHEMA);
    const begin = database.prepare('BEGIN IMMEDIATE');
    const commit = database.prepare('COMMIT');
    const rollback = database.prepare('ROLLBACK');
    const upsert = database.prepare(`
      INSERT INTO cache (key, value, expires, accessed) VALUES (?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires, accessed = excluded.accessed
    `);
    const select = database.prepare('SELECT value, expires, accessed FROM cache WHERE key = ?');
    const exists = database.prepare('SELECT expires FROM cache WHERE key = ?');
    const touch = database.prepare('UPDATE cache SET accessed = ? WHERE key = ?');
    const remove = database.prepare('DELETE FROM cache WHERE key = ?');
    const evict = database.prepare(
      'DELETE FROM cache WHERE rowid = (SELECT rowid FROM cache WHERE key <> ? ORDER BY accessed LIMIT 1)',
    );
    const pages = database.prepare('PRAGMA page_count');
    const freePages = database.prepare('PRAGMA freelist_count');
    const count = database.prepare('SELECT count(*) FROM cache');
    const now = options.clock ?? Date.now;
    const limit =
      options.maxEntries === undefined ? 2 ** 40 : options.maxEntries * storedBytes(options.valueBytes + ROW_BYTES);

    const used = (): number => (first(pages) - first(freePages)) * PAGE_BYTES;
    const put = (key: string, value: unknown, ttl: number | undefined): void => {
      const time = now();
      upsert.run(
        key,
        Buffer.isBuffer(value) ? value : JSON.stringify(value),
        ttl === undefined ? null : time + ttl * 1000,
        time,
      );
      while (used() > limit) evict.run(key);
    };
    const inTransaction = (action: () => void): void => {
      begin.run();
      try {
        action();
        commit.run();
      } catch (error) {
        rollback.run();
        throw error;
      }
    };

    return {
      face: 'sync',
      set: (key, value, ttl) => inTransaction(() => put(key, value, ttl)),
      setMany: (pairs) =>
        inTransaction(() => {
          for (const { key, value } of pairs) put(key, value, undefined);
        }),
      get: (key) => {
        const row = select.get(key);
        if (row === undefined) return undefined;
        const [value, expires, accessed] = row;
        const time = now();
        if (typeof expires === 'number' && time >= expires) {
          remove.run(key);
          return undefined;
        }
        if (typeof accessed === 'number' && time - accessed >= ACCESS_RESOLUTION_MS) touch.run(time, key);
        return typeof value === 'string' ? JSON.parse(value) : value;
      },
      has: (key) => {
        const row = exists.get(key);
        if (row === undefined) return false;
        const [expires] = row;
        return typeof expires !== 'number' || now() < expires;
      },
      delete: (key) => {
        remove.run(key);
      },
      count: () => first(count),
      close: () => database.close(),
    };
  };
}

/** What a row of a length takes of its pages: several share one, or one takes several. */
function storedBytes(bytes: number): number {
  if (bytes < PAGE_BYTES) return PAGE_BYTES / Math.max(1, Math.floor(PAGE_BYTES / bytes));
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}

function first(statement: Statement): number {
  return Number(statement.get()?.[0]);
}
