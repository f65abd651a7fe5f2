/**
 * Deleting: the generation that the sidecar names is killed, again until one kill succeeds or the key is dead.
 */

import { hasExpired } from '../entry/sidecar.ts';
import { errorCode } from '../files/files.ts';
import { newGeneration } from '../files/paths.ts';
import { namingSystemErrors } from '../files/system-errors.ts';
import { ASK_SIDECAR } from '../index/catalog.ts';
import type { IndexRecord } from '../index/index-record.ts';
import { NO_ROW } from '../index/index-table.ts';
import type { TagContext } from './context.ts';

/** The deleting side of one tag. */
export class Deleter {
  readonly #context: TagContext;

  constructor(context: TagContext) {
    this.#context = context;
  }

  /**
   * Removes a key.
   * @returns whether there was a live entry.
   * @throws a {@link CacheWriteError} if the system refused.
   */
  delete(key: string, hash: string): boolean {
    return namingSystemErrors({ failure: 'entry could not be deleted', key }, () => {
      const { catalog } = this.#context;
      if (!catalog.lists(hash)) {
        catalog.poll();
        if (catalog.consult(hash) === NO_ROW) return false;
      }
      const operation = newGeneration();
      const announced = this.#orDiscard(() => catalog.announce(hash, operation));
      const { generation, wasLive } = this.killCurrent(hash, announced !== undefined && announced.row !== ASK_SIDECAR);
      if (announced !== undefined) catalog.append([{ kind: 'del', hash, operation, generation }]);
      return wasLive;
    });
  }

  /**
   * Appends the records that open deletes.
   * @returns whether there is an index that wants to hear of the deletes' ends.
   */
  announce(records: readonly IndexRecord[]): boolean {
    return this.#orDiscard(() => this.#context.catalog.append(records)) !== undefined;
  }

  /**
   * On a full disk there is no room for an announcement, and deleting must be possible all the same: then the index
   * goes, so that everybody asks the sidecars.
   */
  #orDiscard<T>(announce: () => T): T | undefined {
    try {
      return announce();
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
      this.#context.catalog.discard();
      return undefined;
    }
  }

  /**
   * Kills the generation that the sidecar names, until one kill succeeds or the key is dead.
   * @param listedIsLive whether what the index lists could be read; not so where the sidecar alone decides.
   */
  killCurrent(hash: string, listedIsLive = true): { readonly generation: string; readonly wasLive: boolean } {
    const { store, clock } = this.#context;
    for (let failed = ''; ; ) {
      const standing = store.killStanding(hash);
      if (standing === 'dead') this.#context.graves.add(hash);
      if (standing === 'none' || standing === 'dead') return this.#killListed(hash, failed, listedIsLive);
      if (standing.killed || standing.generation === failed) {
        this.#context.graves.add(hash);
        const wasLive = standing.killed && !hasExpired(standing.expires, clock());
        return { generation: standing.generation, wasLive };
      }
      failed = standing.generation;
    }
  }

  /** A sidecar that is damaged or gone names nothing to kill; the index may still list a generation whose file is there. */
  #killListed(
    hash: string,
    failed: string,
    isLive: boolean,
  ): { readonly generation: string; readonly wasLive: boolean } {
    const { store, catalog, clock } = this.#context;
    const row = catalog.trusted ? catalog.table.find(hash) : NO_ROW;
    if (row === NO_ROW) return { generation: failed, wasLive: false };
    const generation = catalog.table.generationAt(row);
    const expired = hasExpired(catalog.table.expiresAt(row), clock());
    return { generation, wasLive: store.unlinkEntry(hash, generation) && isLive && !expired };
  }
}
