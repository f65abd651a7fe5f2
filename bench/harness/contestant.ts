/**
 * What a contestant is: one way to keep values on disk, behind one small interface, with all that it lacks said aloud.
 */

/** What a contestant can't do; the tables carry it as a note. */
export type Lack =
  /** No time to live per entry. */
  | 'ttl'
  /** No limit on its size, so nothing is ever evicted. */
  | 'limit'
  /** Other processes don't see what one wrote until they open it anew, or writers lose each other's entries. */
  | 'processes'
  /** No synchronous calls. */
  | 'sync';

/** Where a contestant belongs in the comparison. */
export type Kind = 'ours' | 'floor' | 'native' | 'javascript' | 'python';

/** How a store is to be opened. */
export interface StoreOptions {
  /** Whether values may be answered from the process's own memory. Where a library can't help it, its notes say so. */
  readonly memory: boolean;
  /** Encoded size of the values to come, in bytes. */
  readonly valueBytes: number;
  /** The most entries of that size to keep; unlimited when absent. A contestant turns it into the limit that it knows. */
  readonly maxEntries?: number;
  /** The values are buffers, not JSON. */
  readonly bytes?: boolean;
  /** Other time than the system's, for those that can take it. */
  readonly clock?: () => number;
}

/** A value and what it is stored under. */
export interface Pair {
  readonly key: string;
  readonly value: unknown;
}

interface StoreFace<Answer extends 'sync' | 'async'> {
  readonly face: Answer;
  /** Stores a value; when done, other processes see it and a kill does not undo it. `ttl` is in seconds. */
  set(key: string, value: unknown, ttl?: number): Answer extends 'sync' ? void : unknown;
  /** The value, or `undefined`. */
  get(key: string): unknown;
  has(key: string): Answer extends 'sync' ? boolean : boolean | Promise<boolean>;
  delete(key: string): Answer extends 'sync' ? void : unknown;
  /** Stores many at once where the library has a better way than one by one. */
  setMany?(pairs: readonly Pair[]): Answer extends 'sync' ? void : unknown;
  /** Entries that are there, where that is cheap to know. */
  count?(): number;
  close(): void | Promise<void>;
}

/** An open store that answers at once. */
export type SyncStore = StoreFace<'sync'>;
/** An open store that answers with promises. */
export type AsyncStore = StoreFace<'async'>;

/** An open store in another program, which times itself. */
export interface RemoteStore {
  readonly face: 'remote';
  perform(actions: readonly Action[], budgetMs: number): Promise<Outcome>;
  /** All pairs set one after the other; microseconds in all. */
  setMany(pairs: readonly Pair[]): Promise<number>;
  close(): Promise<void>;
}

export type Store = SyncStore | AsyncStore | RemoteStore;

/** Opens a store in a folder that is its own. */
export type OpenStore = (folder: string, options: StoreOptions) => Store | Promise<Store>;

/** One library, or one face of it. */
export interface Contestant {
  readonly name: string;
  readonly kind: Kind;
  /** One line: how it is used here. */
  readonly about: string;
  readonly lacks: readonly Lack[];
  /** What a reader of its figures must know besides. */
  readonly notes?: readonly string[];
  /** Name of the package, to import it alone and see how long that takes. */
  readonly packageName?: string;
  /** Loads what it is made of. Throws, saying why, when that isn't there or doesn't run here. */
  load(): Promise<OpenStore>;
}

/** One thing to do to a store, and what must come of it. */
export type Action =
  | { readonly operation: 'set'; readonly key: string; readonly value: unknown; readonly ttl?: number }
  | { readonly operation: 'get'; readonly key: string; readonly expected: unknown }
  | { readonly operation: 'has'; readonly key: string; readonly expected: boolean }
  | { readonly operation: 'delete'; readonly key: string };

/** What came of a list of actions: how long each took, in microseconds, and what it gave. May be shorter than the list. */
export interface Outcome {
  readonly times: readonly number[];
  readonly results: readonly unknown[];
}
