/**
 * What the contestants use of their packages. The project installs none of them, so their own types aren't there to check
 * against; `bench/package.json` has their versions.
 */

declare module 'better-sqlite3' {
  interface Statement {
    run(...values: unknown[]): unknown;
    get(...values: unknown[]): unknown;
    raw(): this;
  }
  export default class Database {
    constructor(path: string);
    exec(sql: string): void;
    prepare(sql: string): Statement;
    close(): void;
  }
}

declare module 'node:sqlite' {
  interface StatementSync {
    run(...values: unknown[]): unknown;
    get(...values: unknown[]): unknown;
  }
  export class DatabaseSync {
    constructor(path: string);
    exec(sql: string): void;
    prepare(sql: string): StatementSync;
    close(): void;
  }
}

declare module 'lmdb' {
  interface Lmdb {
    put(key: string, value: unknown): Promise<boolean>;
    putSync(key: string, value: unknown): boolean;
    get(key: string): unknown;
    doesExist(key: string): boolean;
    remove(key: string): Promise<boolean>;
    removeSync(key: string): boolean;
    transactionSync(action: () => void): void;
    close(): Promise<void>;
  }
  export function open(options: { path: string; noSync?: boolean }): Lmdb;
}

declare module 'cacache' {
  interface Cacache {
    put(folder: string, key: string, data: string | Buffer): Promise<unknown>;
    get: ((folder: string, key: string) => Promise<{ readonly data: Buffer }>) & {
      info(folder: string, key: string): Promise<unknown>;
    };
    rm: { entry(folder: string, key: string, options?: { removeFully?: boolean }): Promise<unknown> };
  }
  const cacache: Cacache;
  export default cacache;
}

declare module 'keyv' {
  export class Keyv {
    constructor(options: { store: unknown });
    set(key: string, value: unknown, ttlMs?: number): Promise<boolean>;
    get(key: string): Promise<unknown>;
    has(key: string): Promise<boolean>;
    delete(key: string): Promise<boolean>;
    disconnect(): Promise<void>;
  }
}

declare module 'keyv-file' {
  export class KeyvFile {
    constructor(options: { filename: string; writeDelay?: number });
  }
}

declare module 'flat-cache' {
  export class FlatCache {
    constructor(options: { cacheDir: string; cacheId: string });
    setKey(key: string, value: unknown, ttlMs?: number): void;
    getKey(key: string): unknown;
    removeKey(key: string): void;
    load(): void;
    save(force?: boolean): void;
  }
}

declare module 'node-persist' {
  interface Storage {
    init(): Promise<unknown>;
    setItem(key: string, value: unknown, options?: { ttl?: number }): Promise<unknown>;
    getItem(key: string): Promise<unknown>;
    getDatum(key: string): Promise<unknown>;
    removeItem(key: string): Promise<unknown>;
    stopExpiredKeysInterval(): void;
    stopWriteQueueInterval(): void;
  }
  const nodePersist: {
    create(options: { dir: string; writeQueue: boolean; expiredInterval: number | false }): Storage;
  };
  export default nodePersist;
}

declare module 'file-system-cache' {
  export class Cache {
    constructor(options: { basePath: string; hash?: string });
    setSync(key: string, value: unknown, ttlSeconds?: number): unknown;
    getSync(key: string): unknown;
    path(key: string): string;
  }
}

declare module 'unstorage' {
  interface Storage {
    setItem(key: string, value: unknown): Promise<void>;
    getItem(key: string): Promise<unknown>;
    setItemRaw(key: string, value: Buffer): Promise<void>;
    getItemRaw(key: string): Promise<unknown>;
    hasItem(key: string): Promise<boolean>;
    removeItem(key: string): Promise<void>;
    dispose(): Promise<void>;
  }
  export function createStorage(options: { driver: unknown }): Storage;
}

declare module 'unstorage/drivers/fs' {
  export default function fsDriver(options: { base: string }): unknown;
}

declare module 'cache-manager-fs-hash' {
  class DiskStore {
    constructor(options: { path: string });
    set(key: string, value: unknown, ttlMs?: number): Promise<void>;
    get(key: string): Promise<unknown>;
    has(key: string): Promise<boolean>;
    del(key: string): Promise<void>;
  }
  const module: { DiskStore: typeof DiskStore };
  export default module;
}

declare module 'bentocache' {
  interface BentoStore {
    useL2Layer(driver: unknown): BentoStore;
  }
  export function bentostore(): BentoStore;
  export class BentoCache {
    constructor(options: { default: string; stores: Record<string, BentoStore> });
    set(options: { key: string; value: unknown; ttl?: number }): Promise<boolean>;
    get(options: { key: string }): Promise<unknown>;
    has(options: { key: string }): Promise<boolean>;
    delete(options: { key: string }): Promise<boolean>;
    disconnectAll(): Promise<void>;
  }
}

declare module 'bentocache/drivers/file' {
  export function fileDriver(options: { directory: string; pruneInterval: number | false }): unknown;
}

declare module 'echarts' {
  interface Chart {
    setOption(option: object): void;
    renderToSVGString(): string;
    dispose(): void;
  }
  export function init(
    element: null,
    theme: null,
    options: { renderer: 'svg'; ssr: true; width: number; height: number },
  ): Chart;
}
