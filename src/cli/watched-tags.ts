/**
 * Tags that are looked at again and again: each stays open, since what changed is read in no time, and all of it is not.
 */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskCacheManager } from '../disk/disk-cache-manager.ts';
import { CacheError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { lookAtRoot, openTag } from './open-tags.ts';
import { lookAtTag, type ShownTag } from './tag-table.ts';

/** A tag that can't be used, and why. */
export interface TagProblem {
  readonly tag: string;
  readonly message: string;
}

/** What one look at a root found. */
export interface RootLook {
  readonly root: string;
  readonly tags: readonly ShownTag[];
  readonly problems: readonly TagProblem[];
}

interface OpenTag {
  readonly cache: DiskCacheManager;
  /** Which folder it is; one that was removed and made anew is another. */
  readonly folder: string;
}

/** The tags of a root, or one of them, as long as they are watched. */
export class WatchedTags implements AsyncDisposable {
  readonly #context: CommandContext;
  readonly #wanted: string | undefined;
  readonly #open = new Map<string, OpenTag>();

  constructor(context: CommandContext, wanted: string | undefined) {
    this.#context = context;
    this.#wanted = wanted;
  }

  /** Looks at all that is there now. */
  async look(): Promise<RootLook> {
    const root = lookAtRoot(this.#context);
    const names = root.tags.filter((tag) => this.#wanted === undefined || tag === this.#wanted);
    for (const tag of this.#open.keys()) if (!names.includes(tag)) await this.#close(tag);
    const tags: ShownTag[] = [];
    const problems: TagProblem[] = [];
    for (const tag of names) {
      try {
        tags.push(await lookAtTag(await this.#opened(root.path, tag), tag));
      } catch (error) {
        await this.#close(tag);
        if (!(error instanceof CacheError)) throw error;
        problems.push({ tag, message: error.message });
      }
    }
    return { root: root.path, tags, problems };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const tag of this.#open.keys()) await this.#close(tag);
  }

  async #opened(root: string, tag: string): Promise<DiskCacheManager> {
    const folder = identityOf(join(root, tag));
    const open = this.#open.get(tag);
    if (open?.folder === folder) return open.cache;
    await this.#close(tag);
    const cache = openTag(this.#context, tag);
    this.#open.set(tag, { cache, folder });
    return cache;
  }

  async #close(tag: string): Promise<void> {
    const open = this.#open.get(tag);
    this.#open.delete(tag);
    await open?.cache.close();
  }
}

function identityOf(folder: string): string {
  const stat = statSync(folder, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.dev} ${stat.ino} ${stat.birthtimeNs}`;
}
