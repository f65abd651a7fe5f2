/**
 * The scenes in which histories are recorded. Each brings one part of the protocol to where it is needed.
 */

import type { Scene } from './workload.ts';

const READS = { get: 6, 'cold get': 1, exists: 1 } as const;
const CHORES = { compact: 0.02, 'clean up': 0.02, repair: 0.005 } as const;
/** Room for sixteen small entries. */
const LIMIT_BYTES = 128 * 1024;

/** Where nothing is evicted, every value that a set returned for is there until it is replaced, deleted or expired. */
const strict = {
  /** Both faces, long values too, several operations of each client under way. */
  traffic: {
    milliseconds: 1500,
    crews: [
      {
        processes: 3,
        workload: {
          keys: 3,
          actions: { ...READS, ...CHORES, set: 4, delete: 1.5 },
          asyncShare: 0.3,
          longShare: 0.01,
          lanes: 2,
        },
      },
    ],
  },
  /** Threads of one process, and another process. */
  threads: {
    milliseconds: 1500,
    crews: [
      {
        processes: 1,
        threads: 3,
        workload: { keys: 2, actions: { ...READS, ...CHORES, set: 4, delete: 2 }, hesitation: { share: 0.01 } },
      },
      { processes: 1, workload: { keys: 2, actions: { ...READS, set: 4, delete: 2, clear: 0.02 }, asyncShare: 0.3 } },
    ],
  },
  /** Writers that overtake each other. */
  overtaking: {
    milliseconds: 1500,
    crews: [
      { processes: 3, workload: { keys: 2, actions: { ...READS, set: 5, delete: 1 }, hesitation: { share: 0.03 } } },
      { processes: 1, paused: true, workload: { keys: 2, actions: { ...READS, set: 1 } } },
    ],
  },
  /** Values kept in memory, deleted and set elsewhere. */
  memory: {
    milliseconds: 1500,
    crews: [
      {
        processes: 1,
        workload: {
          keys: 1,
          actions: { set: 1, delete: 1 },
          hesitation: { before: ['writeSync', 'ftruncateSync'], share: 0.3, longestMs: 8 },
        },
      },
      { processes: 1, workload: { keys: 1, actions: { get: 3, 'cold get': 1 } } },
    ],
  },
  /** Values that expire while they are read and replaced. */
  expiry: {
    milliseconds: 1500,
    crews: [
      {
        processes: 2,
        workload: {
          keys: 1,
          actions: { ...READS, ...CHORES, set: 4, delete: 0.2 },
          fleetingShare: 0.5,
          hesitation: { before: ['openSync', 'readSync', 'unlinkSync', 'ftruncateSync'], share: 0.2, longestMs: 4 },
        },
      },
      { processes: 1, workload: { keys: 1, actions: { ...READS, set: 4 } } },
    ],
  },
  /** Dead sidecars that are reaped, which whoever has deleted many does when it leaves, while their keys are set anew. */
  reaping: {
    milliseconds: 1500,
    crews: [
      {
        processes: 1,
        workload: {
          keys: 40,
          actions: { delete: 60, reopen: 1 },
          hesitation: { before: ['renameSync', 'unlinkSync'], share: 0.3, longestMs: 6 },
        },
      },
      { processes: 1, workload: { keys: 40, actions: { get: 1, 'cold get': 1, set: 2 } } },
    ],
  },
  /** A new index every few operations. */
  compaction: {
    milliseconds: 1500,
    crews: [
      { processes: 1, workload: { keys: 3, actions: { repair: 1 }, hesitation: { share: 0.02 } } },
      { processes: 3, workload: { keys: 3, actions: { ...READS, set: 4, delete: 2 }, hesitation: { share: 0.02 } } },
    ],
  },
  /** All is deleted, or the index is gone. */
  'clear and loss of the index': {
    milliseconds: 1500,
    crews: [
      { processes: 2, paused: true, workload: { keys: 3, actions: { ...READS, set: 3, delete: 1 } } },
      {
        processes: 1,
        workload: {
          keys: 3,
          actions: { ...READS, ...CHORES, set: 3, clear: 0.1, 'lose index': 0.1, reopen: 0.1 },
          hesitation: { share: 0.02 },
        },
      },
    ],
  },
  /** Writers that are killed, and readers who have it all in memory. */
  kills: {
    milliseconds: 2000,
    crews: [
      {
        processes: 2,
        killed: true,
        workload: { keys: 4, actions: { set: 3, delete: 1, ...CHORES }, hesitation: { share: 0.05 } },
      },
      { processes: 2, workload: { keys: 4, actions: { ...READS, set: 0.05 } } },
    ],
  },
} as const satisfies Record<string, Scene>;

/** Where there is eviction, any value may vanish, but none may come back. */
const lossy = {
  eviction: {
    milliseconds: 1500,
    lossy: true,
    crews: [
      {
        processes: 1,
        workload: {
          keys: 2,
          actions: { fill: 4, set: 1, delete: 0.2 },
          maxSizeBytes: LIMIT_BYTES,
          hesitation: { before: ['unlinkSync', 'ftruncateSync', 'writeSync'], share: 0.2, longestMs: 4 },
        },
      },
      {
        processes: 2,
        workload: {
          keys: 2,
          actions: { ...READS, ...CHORES, 'cold get': 3, set: 1, fill: 0.2 },
          maxSizeBytes: LIMIT_BYTES,
          asyncShare: 0.2,
        },
      },
    ],
  },
  'eviction and kills': {
    milliseconds: 2000,
    lossy: true,
    crews: [
      {
        processes: 2,
        killed: true,
        workload: {
          keys: 3,
          actions: { ...READS, ...CHORES, set: 3, delete: 0.5, fill: 3, 'lose index': 0.02 },
          maxSizeBytes: LIMIT_BYTES,
          hesitation: { share: 0.02 },
        },
      },
      { processes: 1, workload: { keys: 3, actions: { ...READS, fill: 0.1 }, maxSizeBytes: LIMIT_BYTES } },
    ],
  },
} as const satisfies Record<string, Scene>;

/** All scenes. */
export const SCENES = { ...strict, ...lossy };

/** The name of a scene. */
export type SceneName = keyof typeof SCENES;
