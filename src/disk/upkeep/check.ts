/**
 * Checking a tag: every entry against its sidecar, the index against both; and putting right what is wrong.
 * Loaded when first asked for.
 */

import * as fs from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '../../crc32.ts';
import { CacheFormatError } from '../../errors.ts';
import type { TagContext } from '../access/context.ts';
import { emptyReapFolder } from '../entry/reap-folder.ts';
import type { Sidecar } from '../entry/sidecar.ts';
import { closeQuietly, isFolder, isMissing, openToRead, readInto, statOf, unlinkIfThere } from '../files/files.ts';
import { SHARD_COUNT } from '../files/paths.ts';
import { NO_ROW } from '../index/index-table.ts';
import { compactIndex } from './compaction.ts';
import { type Condemned, reap, reapShard } from './reaper.ts';
import { isOrphan } from './sweep.ts';
import { type ShardFile, shardFiles } from './walk.ts';

/**
 * What can be wrong.
 *
 * - `damaged`: an entry file doesn't match its sidecar's size or checksum.
 * - `missing-entry`: a sidecar's entry file is gone.
 * - `bad-sidecar`: a sidecar is torn or garbage, or tells of another key.
 * - `orphan`: a file that nothing names, left by a killed process, or on its way right now.
 * - `unlisted`: a live entry that a complete index doesn't list.
 * - `ghost`: an entry that is listed and not live.
 * - `index`: the index is missing, incomplete, or has lines that are no records.
 * - `foreign`: a file, folder or link that doesn't belong there. Repair leaves it alone unless it has an entry's name.
 * - `newer-format`: an entry that a newer version of this package wrote. Repair leaves it alone.
 */
export type CheckProblemKind =
  | 'damaged'
  | 'missing-entry'
  | 'bad-sidecar'
  | 'orphan'
  | 'unlisted'
  | 'ghost'
  | 'index'
  | 'foreign'
  | 'newer-format';

/**
 * How bad it is.
 *
 * - `leftover`: what a process leaves that is killed at work. It does no harm: every key has its old or its new value.
 * - `damage`: what no killed process leaves.
 */
export type CheckSeverity = 'leftover' | 'damage';

const SEVERITY: Readonly<Record<CheckProblemKind, CheckSeverity>> = {
  damaged: 'damage',
  'missing-entry': 'leftover',
  'bad-sidecar': 'damage',
  orphan: 'leftover',
  unlisted: 'damage',
  ghost: 'leftover',
  index: 'leftover',
  foreign: 'damage',
  'newer-format': 'damage',
};

/** One thing that is wrong. */
export interface CheckProblem {
  readonly kind: CheckProblemKind;
  readonly severity: CheckSeverity;
  /** Where, relative to the tag's folder. */
  readonly path: string;
  /** The key concerned, where it is known. */
  readonly key?: string;
  /** What is wrong, for people. */
  readonly detail: string;
  /** Whether it was put right. */
  readonly repaired: boolean;
}

/** What a check found. */
export interface CheckReport {
  /** Entries that are whole and listed. */
  readonly entries: number;
  readonly problems: readonly CheckProblem[];
  /** How many of the problems were put right. */
  readonly repaired: number;
}

/** Options of a check. */
export interface CheckOptions {
  /**
   * Put right what is wrong: entries that can't be read are removed, orphans too, and the index is written anew.
   * @default false
   */
  readonly repair?: boolean | undefined;
  /** Called after each shard with the number of shards done and of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const HASH_IN_PATH = /[0-9a-f]{40}/;
/** A set takes less time than this from its entry file to its sidecar, unless it is stopped, in milliseconds. */
const SETTING_MS = 100;
/** Bytes of an entry summed at once. */
const CHUNK_BYTES = 1 << 20;

/** Checks every file of a tag, a step a shard or entry; a step that is a number is a wait, in milliseconds. */
export function* checkTag(context: TagContext, options: CheckOptions): Generator<unknown, CheckReport> {
  const check = new Check(context, options.repair === true);
  check.index();
  // First of all, since nobody keeps the limit without a list.
  if (options.repair === true && !context.catalog.trusted) yield* compactIndex(context);
  check.entriesFolder();
  for (let shard = 0; shard < SHARD_COUNT; shard++) {
    yield* check.shard(shard);
    options.onProgress?.(shard + 1, SHARD_COUNT);
  }
  yield* check.reapOrphans();
  check.ghosts();
  return check.report();
}

class Check {
  readonly #context: TagContext;
  readonly #repair: boolean;
  readonly #problems: CheckProblem[] = [];
  readonly #live = new Set<string>();
  /** Files that belong to nothing, by the path of their shard. */
  readonly #orphans = new Map<string, Condemned[]>();
  /** Hashes of the keys of whose files something was said. */
  readonly #reported = new Set<string>();
  #entries = 0;

  constructor(context: TagContext, repair: boolean) {
    this.#context = context;
    this.#repair = repair;
  }

  report(): CheckReport {
    const problems = this.#problems;
    return { entries: this.#entries, problems, repaired: problems.filter(({ repaired }) => repaired).length };
  }

  /** The index is repaired by the compaction that follows each repair. */
  index(): void {
    const { catalog } = this.#context;
    catalog.load();
    if (catalog.trusted) {
      catalog.reconciler.settleAll();
      catalog.reconciler.proveAll();
      if (catalog.garbageLines > 0) {
        this.#add('index', 'index.jsonl', `${catalog.garbageLines} lines are torn or garbage`, this.#repair);
      }
    } else {
      this.#add(
        'index',
        'index.jsonl',
        'is missing or no complete list; it is rebuilt from the sidecars',
        this.#repair,
      );
    }
  }

  entriesFolder(): void {
    this.#folder(this.#context.store.paths.entries);
  }

  *shard(shard: number): Generator<unknown, void> {
    const { store } = this.#context;
    const path = store.paths.shard(shard);
    if (!store.isShard(shard)) {
      this.#folder(path);
      return;
    }
    const dead: string[] = [];
    const orphans: Condemned[] = [];
    this.#orphans.set(path, orphans);
    for (const file of shardFiles(store, shard)) {
      const where = join(path, file.name);
      try {
        this.#file(file, where, dead, orphans);
      } catch (error) {
        // What vanished while it was looked at was somebody's to remove.
        if (isMissing(error)) continue;
        this.#unreadable(this.#relative(where), error);
      }
      yield;
    }
    if (!this.#repair) return;
    yield* reap(store, dead);
  }

  /** Removes the orphans that were found. A young one may be what a set is about to name: that is given the time. */
  *reapOrphans(): Generator<unknown, void> {
    if (!this.#repair) return;
    const shards = [...this.#orphans];
    if (shards.some(([path, orphans]) => orphans.some(({ name }) => isYoung(join(path, name))))) yield SETTING_MS;
    for (const [path, orphans] of shards) {
      reapShard(path, orphans);
      yield;
    }
  }

  /** Reports what stands in the place of a folder and is none. */
  #folder(path: string): void {
    if (isFolder(path) || statOf(path) === undefined) return;
    if (this.#repair) unlinkIfThere(path);
    this.#add('foreign', this.#relative(path), 'stands in the place of a folder', this.#repair);
  }

  #unreadable(path: string, error: unknown): void {
    if (error instanceof CacheFormatError) this.#add('newer-format', path, error.message, false);
    else this.#add('damaged', path, `can't be read: ${error instanceof Error ? error.message : String(error)}`, false);
  }

  #file(file: ShardFile, path: string, dead: string[], orphans: Condemned[]): void {
    if (file.kind === 'reap') {
      if (this.#repair) emptyReapFolder(path);
      this.#add('orphan', this.#relative(path), 'was left by a reaper', this.#repair);
    } else if (file.kind === 'foreign') {
      this.#foreign(path, 'has no name of this format');
    } else if (!fs.lstatSync(path).isFile()) {
      if (this.#repair) fs.rmSync(path, { recursive: true, force: true });
      this.#add('foreign', this.#relative(path), 'is no file, though it has the name of one', this.#repair);
    } else if (file.kind === 'sidecar') {
      this.#sidecar(file.hash, path, dead);
    } else if (isOrphan(this.#context.store, file)) {
      orphans.push({ name: file.name, isDead: () => isOrphan(this.#context.store, file) });
      this.#add('orphan', this.#relative(path), 'belongs to no sidecar', this.#repair);
    }
  }

  #sidecar(hash: string, path: string, dead: string[]): void {
    const { store, catalog } = this.#context;
    const sidecar = store.readSidecar(hash);
    const where = this.#relative(path);
    if (sidecar === 'none') return;
    if (sidecar === 'dead') {
      dead.push(hash);
      // An empty one is how a deleted or evicted entry looks until it is reaped.
      if (statOf(path)?.size)
        this.#add('bad-sidecar', where, 'is torn or garbage, or tells of another key', this.#repair);
      return;
    }
    if (!store.hasEntry(hash, sidecar.generation)) {
      this.#condemn(hash, sidecar, 'missing-entry', where, 'its entry file is gone', dead);
    } else {
      const fault = this.#fault(hash, sidecar);
      if (fault !== undefined) {
        this.#condemn(
          hash,
          sidecar,
          'damaged',
          this.#relative(store.paths.entry(hash, sidecar.generation)),
          fault,
          dead,
        );
        return;
      }
      this.#live.add(hash);
      this.#entries++;
      // What was set since the last look at the index is listed by now.
      catalog.poll();
      if (catalog.trusted && !catalog.isDoubtful(hash) && catalog.table.find(hash) === NO_ROW) {
        this.#add('unlisted', where, 'is live and not in the index', this.#repair, sidecar.key);
        if (this.#repair) catalog.append([{ kind: 'ask', hash, generation: '' }]);
      }
    }
  }

  /** What is wrong with an entry's bytes, if the sidecar still names them. */
  #fault(hash: string, sidecar: Sidecar): string | undefined {
    const { store } = this.#context;
    const descriptor = openToRead(store.paths.entry(hash, sidecar.generation));
    try {
      const { size } = fs.fstatSync(descriptor);
      if (size !== sidecar.size) return `is ${size} bytes long and should be ${sidecar.size}`;
      return sumOf(descriptor, size) === sidecar.checksum ? undefined : 'does not match its checksum';
    } finally {
      closeQuietly(descriptor);
    }
  }

  /** Reports an entry that can't be read, unless it was replaced or removed while it was looked at. */
  #condemn(hash: string, sidecar: Sidecar, kind: CheckProblemKind, path: string, detail: string, dead: string[]): void {
    const { store, catalog } = this.#context;
    const { generation, key } = sidecar;
    const now = store.readSidecar(hash);
    if (typeof now === 'string' || now.generation !== generation) return;
    if (this.#repair) {
      store.kill(hash, generation);
      catalog.append([{ kind: 'evict', hash, generation }]);
      dead.push(hash);
    }
    this.#add(kind, path, detail, this.#repair, key);
  }

  /** Rows whose entry was not met on the walk and is not there now. */
  ghosts(): void {
    const { catalog, store } = this.#context;
    catalog.poll();
    if (!catalog.trusted) return;
    const { table } = catalog;
    for (let row = 0; row < table.rowLimit; row++) {
      if (!table.isLive(row)) continue;
      const hash = table.hashAt(row);
      const generation = table.generationAt(row);
      if (this.#live.has(hash) || catalog.isDoubtful(hash) || this.#mayBeLive(hash)) continue;
      if (this.#repair) {
        store.unlinkEntry(hash, generation);
        catalog.append([{ kind: 'evict', hash, generation }]);
      }
      // What is wrong with its files was said already.
      if (this.#reported.has(hash)) continue;
      this.#add('ghost', 'index.jsonl', `lists ${hash}, which is not live`, this.#repair);
    }
  }

  #mayBeLive(hash: string): boolean {
    try {
      return this.#context.store.isLive(hash);
    } catch {
      // What can't be read was reported on the walk.
      return true;
    }
  }

  #foreign(path: string, detail: string): void {
    this.#add('foreign', this.#relative(path), `${detail}; remove it yourself if it isn't yours`, false);
  }

  #relative(path: string): string {
    return path.slice(this.#context.store.paths.folder.length + 1);
  }

  #add(kind: CheckProblemKind, path: string, detail: string, repaired: boolean, key?: string): void {
    const severity = SEVERITY[kind];
    const hash = HASH_IN_PATH.exec(path)?.[0];
    if (hash !== undefined) this.#reported.add(hash);
    this.#problems.push({ kind, severity, path, detail, repaired, ...(key === undefined ? {} : { key }) });
  }
}

/** Whether a file may be one that a set is about to name. */
function isYoung(path: string): boolean {
  const stat = statOf(path);
  return stat !== undefined && Math.abs(Date.now() - stat.ctimeMs) < SETTING_MS;
}

function sumOf(descriptor: number, size: number): number {
  if (size <= CHUNK_BYTES) {
    const bytes = Buffer.allocUnsafe(size);
    return crc32(bytes.subarray(0, readInto(descriptor, bytes, 0)));
  }
  let sum = 0;
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let position = 0; position < size; position += CHUNK_BYTES) {
    sum = crc32(chunk.subarray(0, readInto(descriptor, chunk, position)), sum);
  }
  return sum;
}
