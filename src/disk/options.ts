/**
 * What a disk cache can be told, the defaults with their units, and the check of both.
 */

/** Options of a disk cache. Durations are seconds, sizes are bytes unless the name says otherwise. */
export interface DiskCacheOptions {
  /** The folder that holds one folder per tag. Created, private to the user, when missing. */
  readonly cacheRoot: string;
  /**
   * The namespace: a plain folder name of up to 64 characters (letters, digits, `.`, `_`, `-`).
   * @default 'default'
   */
  readonly tag?: string | undefined;
  /**
   * The most disk space the tag's entries may take, in bytes. Entries least recently read are evicted to stay within.
   * @default 2147483648 (2 GiB)
   */
  readonly maxSizeBytes?: number | undefined;
  /** The same limit in GiB; give one of the two. */
  readonly maxSizeGb?: number | undefined;
  /**
   * The longest wait, in seconds, of calls that must wait for other processes: `clear`, `cleanup`, `withLock`.
   * `get`, `exists`, `set` and `delete` never wait.
   * @default 30
   */
  readonly timeout?: number | undefined;
  /**
   * The most memory, in bytes, for values kept ready to be read again without touching their files; coherent with all
   * other processes. 0 keeps none.
   * @default 33554432 (32 MiB)
   */
  readonly memoryMaxBytes?: number | undefined;
  /**
   * How exactly reads are remembered for eviction, in seconds: an entry's access time is written at most once in this
   * window. Smaller is more exact and costs one system call (about 3 µs) per read outside the window.
   * @default 1
   */
  readonly atimeResolution?: number | undefined;
  /**
   * Flush entry and sidecar to the device before `set` returns, so that it survives a power cut; costs milliseconds.
   * @default false
   */
  readonly fsync?: boolean | undefined;
  /**
   * The source of time, in milliseconds since the epoch, for expiry and recency.
   * @default Date.now
   */
  readonly clock?: (() => number) | undefined;
}
