/**
 * The system calls of the engine at which a process can be stopped, named by what they mean.
 */

/** A system call that a process is about to make or has just made. */
export interface Moment {
  /** The function of `node:fs`, or one of several; any, if it is not said. */
  readonly call?: string | readonly string[];
  /** A regular expression that the path must match; both paths of a rename, with an arrow in between. */
  readonly path?: string;
  /** A text that must be part of what is written. */
  readonly writes?: string;
  /** Whether before or after the call; `within` a write means that half of it is done. */
  readonly when: 'before' | 'after' | 'within';
  /** Which of the calls that fit, from 1; the first if it is not said. */
  readonly nth?: number;
}

/** What happens to a process at a moment. */
export type Fate =
  /** It is stopped by SIGSTOP until it is continued. */
  | { readonly kind: 'stopped' }
  /** Its main thread does nothing for so many milliseconds, as if by a long computation. */
  | { readonly kind: 'blocked'; readonly milliseconds: number };

const ENTRY = '/[0-9a-f]{40}\\.[0-9a-f]{24}$';
const SIDECAR = '/entries/../[0-9a-f]{40}\\.json$';
const INDEX = '/index\\.jsonl$';
const NEW_INDEX = '/index\\.jsonl\\.[0-9a-f]{24}\\.tmp';
const REAP = '/\\.reap';
const LOCK = '/index\\.lock$';

/** The steps of set, delete, eviction, reaping and compaction. */
export const MOMENTS = {
  /** A set: its entry file stands. */
  entryCreated: { call: 'openSync', path: ENTRY, when: 'after' },
  /** A set or delete: it is about to look at the index, and knows nothing yet. */
  beforeAnnouncing: { call: 'writeSync', path: INDEX, writes: '["open"', when: 'before' },
  /** A set or delete: its `open` is appended; it has not looked whether the index was replaced. */
  announced: { call: 'writeSync', path: INDEX, writes: '["open"', when: 'after' },
  /** A set: it has appended its `open` to an index that was not replaced, and is about to write its sidecar. */
  beforeNewSidecar: { call: 'openSync', path: '/[0-9a-f]{40}\\.[0-9a-f]{24}\\.tmp$', when: 'before' },
  /** A set or delete: half of its `open` can be read. */
  halfAnnounced: { call: 'writeSync', path: INDEX, writes: '["open"', when: 'within' },
  /** A set: it knows what it replaces, and its sidecar is about to take the place. */
  beforeSidecar: { call: 'renameSync', path: `\\.tmp -> .*${SIDECAR}`, when: 'before' },
  /** A set: its sidecar has taken the place of another. */
  sidecarPlaced: { call: 'renameSync', path: `\\.tmp -> .*${SIDECAR}`, when: 'after' },
  /** A set of a new key: its sidecar has its name, and is empty. */
  sidecarCreated: { call: 'openSync', path: SIDECAR, when: 'after' },
  /** A set: all is done but its record. */
  beforeRecord: { call: 'writeSync', path: INDEX, writes: '["set"', when: 'before' },
  /** A set: its record is appended. */
  recorded: { call: 'writeSync', path: INDEX, writes: '["set"', when: 'after' },
  /** A reader: it knows which generation to read and is about to open its entry file. */
  beforeReading: { call: 'openSync', path: ENTRY, when: 'before' },
  /** A kill or a clearing up: it has chosen a generation and is about to remove its entry file. */
  beforeKill: { call: 'unlinkSync', path: ENTRY, when: 'before' },
  /** A kill: the entry file is gone. */
  killed: { call: 'unlinkSync', path: ENTRY, when: 'after' },
  /** A kill: it has read the sidecar and, if that names the killed generation, is about to empty it. */
  sidecarRead: { call: 'readSync', path: SIDECAR, when: 'after' },
  /** A delete: all is done but its record. */
  beforeDeleted: { call: 'writeSync', path: INDEX, writes: '["del"', when: 'before' },
  /** An eviction: all is done but its record. */
  beforeEvicted: { call: 'writeSync', path: INDEX, writes: '["evict"', when: 'before' },
  /** A reaper: its folder stands. */
  reapFolderMade: { call: 'mkdirSync', path: `${REAP}$`, when: 'after' },
  /** A reaper: it has looked at a sidecar, which is empty. */
  emptySidecarSeen: { call: 'lstatSync', path: SIDECAR, when: 'after' },
  /** A reaper: it has seen that a sidecar is dead and is about to move it away. */
  beforeReaping: { call: 'renameSync', path: `${SIDECAR.slice(0, -1)} -> .*${REAP}/`, when: 'before' },
  /** A reaper: it has moved a sidecar away. */
  reaped: { call: 'renameSync', path: `${SIDECAR.slice(0, -1)} -> .*${REAP}/`, when: 'after' },
  /** A sweep: it has seen that an entry file belongs to nothing and is about to remove it. */
  beforeSweeping: {
    call: ['lutimesSync', 'rmSync', 'unlinkSync', 'renameSync'],
    path: '/[0-9a-f]{40}\\.[0-9a-f]{24}( -> |$)',
    when: 'before',
  },
  /** A compactor: its temporary index stands; others' are still there. */
  newIndexCreated: { call: 'openSync', path: `${NEW_INDEX}$`, when: 'after' },
  /** A compactor: its snapshot is written down, and the new index is about to take the place of the old one. */
  beforeNewIndex: { call: 'renameSync', path: `${NEW_INDEX} -> `, when: 'before' },
  /** A compactor: the new index has its name, and is no complete list yet. */
  newIndexPlaced: { call: 'renameSync', path: `${NEW_INDEX} -> `, when: 'after' },
  /** A compactor: it has read what was appended to the old index meanwhile, and is about to say so. */
  beforeDone: { call: 'writeSync', writes: '["done"]', when: 'before' },
  /** A waiter: it has found a lock stale and is about to remove it. */
  beforeTakingOver: { call: 'rmdirSync', path: LOCK, when: 'before' },
  /** A waiter for a key's lock, likewise. */
  beforeTakingOverKey: { call: 'rmdirSync', path: '/locks/[0-9a-f]{40}\\.lock$', when: 'before' },
  /** A holder: it has just taken the tag's lock. */
  lockTaken: { call: 'mkdirSync', path: LOCK, when: 'after' },
  /** A holder: it is about to give the tag's lock back. */
  beforeReleasing: { call: 'rmdirSync', path: LOCK, when: 'before' },
} as const satisfies Record<string, Moment>;
