/**
 * What can go wrong, one class each.
 *
 * Every class has a fixed {@link CacheError.code | code} to branch on; messages are for people and may change.
 */

/** A machine-readable name for each way a cache call can fail. */
export type CacheErrorCode =
  | 'ERR_CACHE_ARGUMENT'
  | 'ERR_CACHE_KEY'
  | 'ERR_CACHE_TAG'
  | 'ERR_CACHE_VALUE'
  | 'ERR_CACHE_ENTRY_TOO_LARGE'
  | 'ERR_CACHE_CLOSED'
  | 'ERR_CACHE_ROOT'
  | 'ERR_CACHE_OWNER'
  | 'ERR_CACHE_FORMAT'
  | 'ERR_CACHE_TIMEOUT'
  | 'ERR_CACHE_WRITE'
  | 'ERR_CACHE_CONFIG'
  | 'ERR_ARCHIVE'
  | 'ERR_BUILD'
  | 'ERR_LAYOUT'
  | 'ERR_WORKSPACE';

/** Details that every {@link CacheError} may carry. */
export interface CacheErrorDetails {
  /** The key the failing call was about, in canonical form. */
  readonly key?: string | undefined;
  /** The error underneath, e.g. a system call's. */
  readonly cause?: unknown;
}

/** The base of every error this package throws on purpose. */
export abstract class CacheError extends Error {
  /** Names the kind of failure; stable across versions. */
  abstract readonly code: CacheErrorCode;
  /** The class's name, whatever a minifier makes of the class. */
  abstract override readonly name: string;
  /** The key the failing call was about, in canonical form, when there was one. */
  declare readonly key?: string;

  constructor(message: string, details: CacheErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    if (details.key !== undefined) this.key = details.key;
  }
}

/** An argument or option has the wrong type or range; the message names it and says what would be right. */
export class CacheArgumentError extends CacheError {
  override readonly name = 'CacheArgumentError';
  readonly code = 'ERR_CACHE_ARGUMENT';
}

/** A key is empty, not well-formed Unicode, longer than 64 KiB, or not something a key can be made of. */
export class CacheKeyError extends CacheError {
  override readonly name = 'CacheKeyError';
  readonly code = 'ERR_CACHE_KEY';
}

/** A tag is not a plain folder name, or collides with another one on a case-insensitive file system. */
export class CacheTagError extends CacheError {
  override readonly name = 'CacheTagError';
  readonly code = 'ERR_CACHE_TAG';
}

/** A value holds something that can't be stored, such as a function or a symbol. Nothing was written. */
export class CacheValueError extends CacheError {
  override readonly name = 'CacheValueError';
  readonly code = 'ERR_CACHE_VALUE';
}

/** An entry is larger than the whole cache may be. Nothing was written or evicted. */
export class CacheEntryTooLargeError extends CacheError {
  override readonly name = 'CacheEntryTooLargeError';
  readonly code = 'ERR_CACHE_ENTRY_TOO_LARGE';
}

/** The instance was closed before the call. */
export class CacheClosedError extends CacheError {
  override readonly name = 'CacheClosedError';
  readonly code = 'ERR_CACHE_CLOSED';
}

/** The cache's root or tag folder can't be used: it is a file, a link, or can't be created. */
export class CacheRootError extends CacheError {
  override readonly name = 'CacheRootError';
  readonly code = 'ERR_CACHE_ROOT';
}

/** The cache's root or tag folder belongs to another user. */
export class CacheOwnerError extends CacheError {
  override readonly name = 'CacheOwnerError';
  readonly code = 'ERR_CACHE_OWNER';
}

/** The folder holds a format this version can't use: a newer one. */
export class CacheFormatError extends CacheError {
  override readonly name = 'CacheFormatError';
  readonly code = 'ERR_CACHE_FORMAT';
}

/** A call that has to wait for other processes waited longer than its `timeout`. */
export class CacheTimeoutError extends CacheError {
  override readonly name = 'CacheTimeoutError';
  readonly code = 'ERR_CACHE_TIMEOUT';
}

/** A write could not be carried out (disk full, no permission, …); `cause` is the system's error. */
export class CacheWriteError extends CacheError {
  override readonly name = 'CacheWriteError';
  readonly code = 'ERR_CACHE_WRITE';
}

/** A configuration file or environment variable holds something unusable; the message names which. */
export class CacheConfigError extends CacheError {
  override readonly name = 'CacheConfigError';
  readonly code = 'ERR_CACHE_CONFIG';
}
