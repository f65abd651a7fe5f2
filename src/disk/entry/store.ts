/**
 * Entry files and sidecars: the system calls by which a generation comes to be, becomes a key's value, and ends.
 */

import * as fs from 'node:fs';
import {
  allocatedBytes,
  closeQuietly,
  createExclusively,
  errorCode,
  fsyncAsync,
  isFolder,
  isMissing,
  makeFolders,
  makeOwnFolder,
  openToChange,
  openToRead,
  readInto,
  statOf,
  uninterrupted,
  unlinkIfThere,
  writeAll,
  writeAllAsync,
} from '../files/files.ts';
import { newGeneration, SHARD_COUNT, shardNumber, type TagPaths } from '../files/paths.ts';
import { hashKey } from '../value/key.ts';
import type { LiveEntry } from './listing.ts';
import { MAX_SIDECAR_BYTES, namesGeneration, parseSidecar, type Sidecar } from './sidecar.ts';

const SCRATCH_BYTES = 4096;
const NEWLINE = 0x0a;

/** What stands in the place of a key's sidecar. `dead`: its generation was killed, or it is not whole, or another key's. */
export type SidecarState = Sidecar | 'none' | 'dead';

/** A live entry's sidecar, and what the system tells of its entry file. */
export interface FoundEntry {
  readonly sidecar: Sidecar;
  readonly entry: fs.Stats;
}

/** A generation that was killed, or found killed. */
export interface KilledGeneration {
  readonly generation: string;
  readonly expires: number;
  /** Whether this call removed the entry file; `false` if somebody else had. */
  readonly killed: boolean;
}

/** A sidecar that a set has put in place, and the descriptor that tells whether it still stands. */
export interface PlacedSidecar {
  readonly descriptor: number;
  /** The generation that the sidecar it took the place of named; empty for none. */
  readonly replaced: string;
}

/** The files of one tag. */
export class Store {
  readonly paths: TagPaths;
  /** Whether to flush each file to the device before it counts. */
  readonly #fsync: boolean;
  readonly #scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  #entriesSeen = false;
  /** 1 for each shard whose folder was seen to be one. */
  readonly #shardSeen = new Uint8Array(SHARD_COUNT);

  constructor(paths: TagPaths, fsync: boolean) {
    this.paths = paths;
    this.#fsync = fsync;
  }

  /** Puts back folders that somebody removed. */
  restoreFolder(): void {
    this.#entriesSeen = false;
    this.#shardSeen.fill(0);
    makeFolders(this.paths.folder);
  }

  /** Whether the folder of a key's shard is there. A link in its place, or in that of the folder above, leads nowhere. */
  hasShard(hash: string): boolean {
    const number = shardNumber(hash);
    if (this.#shardSeen[number] === 1) return true;
    if (!this.isShard(number)) return false;
    this.#shardSeen[number] = 1;
    return true;
  }

  /** Whether any key was ever set. */
  hasEntries(): boolean {
    this.#entriesSeen ||= isFolder(this.paths.entries);
    return this.#entriesSeen;
  }

  /** Whether a folder stands in the place of a shard. */
  isShard(number: number): boolean {
    return this.hasEntries() && isFolder(this.paths.shard(number));
  }

  /** Makes sure of the shard's folder. */
  makeShard(hash: string): void {
    if (this.hasShard(hash)) return;
    // Once a shard, so it may as well be looked at again.
    this.#entriesSeen = false;
    if (!this.hasEntries()) {
      makeFolders(this.paths.folder);
      makeOwnFolder(this.paths.entries);
    }
    makeOwnFolder(this.paths.shardOf(hash));
    if (this.#fsync) flushFolder(this.paths.entries);
    this.hasShard(hash);
  }

  /** To be called when a path in the shard was missing: perhaps the folder is. */
  forgetShard(hash: string): void {
    this.#entriesSeen = false;
    this.#shardSeen[shardNumber(hash)] = 0;
  }

  /** Reads a key's sidecar. */
  readSidecar(hash: string): SidecarState {
    let descriptor: number;
    try {
      if (!this.hasShard(hash)) return 'none';
      descriptor = openToRead(this.paths.sidecar(hash));
    } catch (error) {
      if (isMissing(error)) return 'none';
      if (isForeign(error)) return 'dead';
      throw error;
    }
    try {
      return this.#parse(descriptor, hash) ?? 'dead';
    } finally {
      closeQuietly(descriptor);
    }
  }

  /** Reads an open sidecar; a folder or a pipe in its place says nothing, nor does the sidecar of another key. */
  #parse(descriptor: number, hash: string): Sidecar | undefined {
    try {
      const sidecar = parseSidecar(this.#readText(descriptor));
      return sidecar !== undefined && hashKey(sidecar.key) === hash ? sidecar : undefined;
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EISDIR' || code === 'ESPIPE') return undefined;
      throw error;
    }
  }

  #readText(descriptor: number): string {
    let length = uninterrupted(() => fs.readSync(descriptor, this.#scratch, 0, SCRATCH_BYTES, 0));
    // Its end tells that a sidecar was read whole, without a second read that finds nothing.
    if (length > 0 && this.#scratch[length - 1] !== NEWLINE) length = readInto(descriptor, this.#scratch, 0);
    if (length < SCRATCH_BYTES) return this.#scratch.toString('utf8', 0, length);
    const size = Math.min(fs.fstatSync(descriptor).size, MAX_SIDECAR_BYTES);
    const bytes = Buffer.allocUnsafe(size);
    return bytes.toString('utf8', 0, readInto(descriptor, bytes, 0));
  }

  /**
   * A key's sidecar and entry file if it is live, expired or not. An entry file that is gone may have been replaced
   * just now: the sidecar is read again until the same generation has failed twice.
   */
  findLive(hash: string): FoundEntry | undefined {
    for (let failed = ''; ; ) {
      const sidecar = this.readSidecar(hash);
      if (typeof sidecar === 'string') return undefined;
      const entry = statOf(this.paths.entry(hash, sidecar.generation));
      if (entry?.isFile()) return { sidecar, entry };
      if (sidecar.generation === failed) return undefined;
      failed = sidecar.generation;
    }
  }

  /** What the index would list of a live key. */
  readLive(hash: string): LiveEntry | undefined {
    const found = this.findLive(hash);
    const side = found && statOf(this.paths.sidecar(hash));
    if (found === undefined || side === undefined) return undefined;
    const { key, generation, size, expires, created, codec, checksum } = found.sidecar;
    const allocated = allocatedBytes(found.entry) + allocatedBytes(side);
    return { key, listing: { hash, generation, size, allocated, expires, created, codec, checksum } };
  }

  /** Creates an entry file whole and returns its descriptor, open for {@link fs.fstatSync}. */
  createEntry(hash: string, generation: string, bytes: Uint8Array): number {
    this.makeShard(hash);
    return this.#createOwn(this.paths.entry(hash, generation), bytes);
  }

  /** {@link createEntry} without blocking the event loop, for large values. */
  async createEntryAsync(hash: string, generation: string, bytes: Uint8Array): Promise<number> {
    this.makeShard(hash);
    const path = this.paths.entry(hash, generation);
    const descriptor = uninterrupted(() => createExclusively(path));
    try {
      await writeAllAsync(descriptor, bytes);
      if (this.#fsync) await fsyncAsync(descriptor);
      return descriptor;
    } catch (error) {
      closeQuietly(descriptor);
      unlinkIfThere(path);
      throw error;
    }
  }

  /** Creates a file under a name that holds this write's generation, so that nobody else's can be removed with it. */
  #createOwn(path: string, bytes: Uint8Array): number {
    const descriptor = uninterrupted(() => createExclusively(path));
    try {
      this.#fill(descriptor, bytes);
      return descriptor;
    } catch (error) {
      unlinkIfThere(path);
      throw error;
    }
  }

  /** Writes a new file's content; closes it when that fails. */
  #fill(descriptor: number, bytes: Uint8Array): void {
    try {
      writeAll(descriptor, bytes);
      if (this.#fsync) fs.fsyncSync(descriptor);
    } catch (error) {
      closeQuietly(descriptor);
      throw error;
    }
  }

  /**
   * Makes a sidecar appear: the moment at which a set happens.
   *
   * A key that has no sidecar gets one by an exclusive create, half the price of a rename; while it is empty or partial
   * it reads as a miss. All others are replaced by a rename.
   * @param known the generation to be replaced if that is certain, `none` if it is certain that there is no sidecar.
   */
  placeSidecar(hash: string, generation: string, text: string, known: string | undefined): PlacedSidecar {
    const path = this.paths.sidecar(hash);
    const bytes = Buffer.from(text);
    let replaced = known;
    if (known === 'none') {
      try {
        const descriptor = uninterrupted(() => createExclusively(path));
        // If this fails, what was created stays, and reads as a miss: by now the name could be another set's sidecar.
        this.#fill(descriptor, bytes);
        return { descriptor, replaced: '' };
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
        replaced = undefined;
      }
    }
    if (replaced === undefined) {
      const standing = this.readSidecar(hash);
      if (standing === 'none' && known === undefined) return this.placeSidecar(hash, generation, text, 'none');
      replaced = typeof standing === 'string' ? '' : standing.generation;
    }
    const temporary = this.paths.temporarySidecar(hash, generation);
    const descriptor = this.#createOwn(temporary, bytes);
    try {
      replaceFile(temporary, path, this.paths.temporarySidecar(hash, newGeneration()));
    } catch (error) {
      closeQuietly(descriptor);
      unlinkIfThere(temporary);
      throw error;
    }
    return { descriptor, replaced };
  }

  /** Flushes the names of a shard's files, if files are flushed: they must survive a power cut, too. */
  flushShard(hash: string): void {
    if (this.#fsync) flushFolder(this.paths.shardOf(hash));
  }

  /** Removes an entry file: that generation or nothing. The verdict of every kill; `false` if somebody else was first. */
  unlinkEntry(hash: string, generation: string): boolean {
    try {
      return this.hasShard(hash) && unlinkIfThere(this.paths.entry(hash, generation));
    } catch (error) {
      // What is no file is no entry; a check removes it.
      if (isFolder(this.paths.entry(hash, generation))) return false;
      throw error;
    }
  }

  /**
   * Kills the generation that a key's sidecar names now. The sidecar is emptied through the descriptor that it was read
   * by, so that one which took its place meanwhile is not touched.
   */
  killStanding(hash: string): KilledGeneration | 'none' | 'dead' {
    const descriptor = this.#openSidecarToChange(hash);
    if (descriptor === undefined) return 'none';
    try {
      const sidecar = this.#parse(descriptor, hash);
      if (sidecar === undefined) return 'dead';
      const { generation, expires } = sidecar;
      const killed = this.unlinkEntry(hash, generation);
      this.#empty(descriptor);
      return { generation, expires, killed };
    } finally {
      closeQuietly(descriptor);
    }
  }

  #openSidecarToChange(hash: string): number | undefined {
    try {
      return this.hasShard(hash) ? openToChange(this.paths.sidecar(hash)) : undefined;
    } catch (error) {
      if (isMissing(error) || isForeign(error)) return undefined;
      throw error;
    }
  }

  #empty(descriptor: number): void {
    try {
      uninterrupted(() => fs.ftruncateSync(descriptor, 0));
    } catch {
      // The entry file is gone, so the key is dead; the sidecar's block is freed when it is reaped.
    }
  }

  /**
   * Ends a generation: removes its entry file and, if the sidecar still names it, empties that.
   * @returns `false` if somebody else had removed the entry file.
   */
  kill(hash: string, generation: string): boolean {
    const killed = this.unlinkEntry(hash, generation);
    try {
      this.#emptySidecar(hash, generation);
    } catch {
      // Dead it is all the same, and whoever killed it must be able to say so.
    }
    return killed;
  }

  /** Empties a key's sidecar if it names `generation`, through the descriptor that it was read by. */
  #emptySidecar(hash: string, generation: string): void {
    const descriptor = this.#openSidecarToChange(hash);
    if (descriptor === undefined) return;
    try {
      if (namesGeneration(this.#readText(descriptor), generation)) this.#empty(descriptor);
    } finally {
      closeQuietly(descriptor);
    }
  }

  /** Whether a key's sidecar names a generation whose entry file is there. */
  isLive(hash: string): boolean {
    return this.findLive(hash) !== undefined;
  }

  /** Whether something stands in the place of a key's sidecar. */
  hasSidecar(hash: string): boolean {
    return this.hasShard(hash) && statOf(this.paths.sidecar(hash)) !== undefined;
  }

  /** Whether an entry file is there. */
  hasEntry(hash: string, generation: string): boolean {
    const path = this.paths.entry(hash, generation);
    // Half the price of a stat, but it does not tell a fault from an absence.
    return fs.existsSync(path) || statOf(path) !== undefined;
  }
}

function flushFolder(folder: string): void {
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    closeQuietly(descriptor);
  }
}

/** Whether opening failed because a link, a folder or a socket is in the file's place: it names nothing. */
function isForeign(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ELOOP' || code === 'EISDIR' || code === 'ENXIO';
}

/** Renames over whatever stands there; a folder, which a file can't take the place of, is set aside first. */
function replaceFile(from: string, to: string, aside: string): void {
  try {
    uninterrupted(() => fs.renameSync(from, to));
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EISDIR' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    fs.renameSync(to, aside);
    fs.renameSync(from, to);
  }
}
