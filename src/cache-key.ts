/**
 * Keys with named parts, for caches whose keys people read, list and group.
 */

import { createReadStream, readFileSync } from 'node:fs';
import { builtin } from './builtin.ts';
import { CacheKeyError } from './errors.ts';

/** What a {@link CacheKey} is made of. A part may hold any string, separators included. */
export interface CacheKeyParts {
  /** Who the entry belongs to, e.g. `compilation`. */
  readonly namespace: string;
  /** What kind of thing it is, e.g. `firmware`. */
  readonly category: string;
  /** Which one of its kind it is, e.g. `planck`, or a hash of what it was made from. */
  readonly identifier: string;
  /** The version of the thing or of its format, for keys that outlive one. */
  readonly version?: string | undefined;
}

const TYPE_TAG = 'CacheKey';

/**
 * A key made of a namespace, a category, an identifier and, if wanted, a version.
 *
 * Written `namespace:category:identifier[:version]`, and read back to the same parts whatever they hold.
 *
 * ```ts
 * const key = CacheKey.fromParts('compilation', 'firmware', 'planck', 'v2');
 * await cache.set(key, binary);
 * String(key); // 'compilation:firmware:planck:v2'
 * ```
 */
export class CacheKey implements CacheKeyParts {
  readonly namespace: string;
  readonly category: string;
  readonly identifier: string;
  declare readonly version?: string;

  private constructor(parts: CacheKeyParts) {
    this.namespace = requirePart('namespace', parts.namespace);
    this.category = requirePart('category', parts.category);
    this.identifier = requirePart('identifier', parts.identifier);
    if (parts.version !== undefined) this.version = requirePart('version', parts.version);
  }

  /** Names the class, so that a key made by another copy of this package is known for what it is. */
  get [Symbol.toStringTag](): string {
    return TYPE_TAG;
  }

  /**
   * A key from its parts, in the order in which they are written.
   * @throws a {@link CacheKeyError} if a part is not a string.
   */
  static fromParts(namespace: string, category: string, identifier: string, version?: string): CacheKey {
    return new CacheKey({ namespace, category, identifier, version });
  }

  /**
   * A key from an object with its parts, such as `JSON.parse(JSON.stringify(key))`.
   * @throws a {@link CacheKeyError} if a part is missing or not a string.
   */
  static fromObject(parts: CacheKeyParts): CacheKey {
    if (typeof parts !== 'object' || parts === null) {
      throw new CacheKeyError(
        `parts must be an object { namespace, category, identifier, version? }, not ${typeof parts}`,
      );
    }
    return new CacheKey(parts);
  }

  /**
   * Reads a key written by {@link CacheKey.toString} or by hand. Where there are more than four parts, the middle ones
   * are the identifier's: `a:b:c:d:e` has the identifier `c:d` and the version `e`.
   * @throws a {@link CacheKeyError} if there are fewer than three parts.
   */
  static fromString(text: string): CacheKey {
    if (typeof text !== 'string') throw new CacheKeyError(`text must be a string, not ${typeof text}`);
    const [namespace, category, ...rest] = text.split(':').map(unescapePart);
    if (namespace === undefined || category === undefined || rest.length === 0) {
      throw new CacheKeyError(
        `text must have at least the three parts namespace:category:identifier, got ${JSON.stringify(text)}`,
      );
    }
    const version = rest.length === 1 ? undefined : rest.pop();
    return new CacheKey({ namespace, category, identifier: rest.join(':'), version });
  }

  /**
   * A key for what a file holds now: the identifier is the SHA-256 of its content, in hexadecimal. The file is read in
   * pieces, so it may be large.
   * @throws a {@link CacheKeyError} if the file can't be read; `cause` is the system's error.
   */
  static async fromFile(path: string | URL, parts: Omit<CacheKeyParts, 'identifier'>): Promise<CacheKey> {
    const hash = builtin('node:crypto').createHash('sha256');
    try {
      for await (const chunk of createReadStream(path)) hash.update(chunk);
    } catch (cause) {
      throw unreadable(path, cause);
    }
    return new CacheKey({ ...parts, identifier: hash.digest('hex') });
  }

  /** {@link CacheKey.fromFile}, synchronously; reads the file in one piece. */
  static fromFileSync(path: string | URL, parts: Omit<CacheKeyParts, 'identifier'>): CacheKey {
    let content: Buffer;
    try {
      content = readFileSync(path);
    } catch (cause) {
      throw unreadable(path, cause);
    }
    return new CacheKey({
      ...parts,
      identifier: builtin('node:crypto').createHash('sha256').update(content).digest('hex'),
    });
  }

  /** `namespace:category:identifier[:version]`; a `:` inside a part is written `%3A`. */
  toString(): string {
    const parts = [this.namespace, this.category, this.identifier];
    if (this.version !== undefined) parts.push(this.version);
    return parts.map(escapePart).join(':');
  }
}

/** Whether `candidate` is a {@link CacheKey}, whichever copy of this package made it. */
export function isCacheKey(candidate: unknown): candidate is CacheKey {
  return typeof candidate === 'object' && Object.prototype.toString.call(candidate) === `[object ${TYPE_TAG}]`;
}

/** Escapes as little as reading back demands: a `%` only where it would be taken for the start of an escape. */
function escapePart(part: string): string {
  return part.replace(/%(?=3A|25)/g, '%25').replaceAll(':', '%3A');
}

function unescapePart(part: string): string {
  return part.replace(/%(3A|25)/g, (_, code: string) => (code === '3A' ? ':' : '%'));
}

function requirePart(name: keyof CacheKeyParts, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new CacheKeyError(`${name} of a cache key must be a string, not ${value === null ? 'null' : typeof value}`);
}

function unreadable(path: string | URL, cause: unknown): CacheKeyError {
  return new CacheKeyError(`path must name a readable file, can't read ${JSON.stringify(String(path))}`, { cause });
}
