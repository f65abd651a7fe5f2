/**
 * The scenes in which histories are recorded.
 */

import type { Scene } from './workload.ts';

const READS = { get: 6, 'cold get': 1, exists: 1 } as const;
const CHORES = { compact: 0.02, 'clean up': 0.02, repair: 0.005 } as const;

/** Scenes with no limit to evict for: every value that a set returned for must be there until it is replaced or deleted. */
const strict = {
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
  threads: {
    milliseconds: 1500,
    crews: [
      { processes: 1, threads: 3, workload: { keys: 2, actions: { ...READS, ...CHORES, set: 4, delete: 2 } } },
      { processes: 1, workload: { keys: 2, actions: { ...READS, set: 4, delete: 2, clear: 0.02 }, asyncShare: 0.3 } },
    ],
  },
  expiry: {
    milliseconds: 1500,
    crews: [
      {
        processes: 3,
        paused: true,
        workload: { keys: 2, actions: { ...READS, ...CHORES, set: 4, delete: 0.2 }, fleetingShare: 0.4 },
      },
    ],
  },
  'clear and loss of the index': {
    milliseconds: 1500,
    crews: [
      { processes: 2, paused: true, workload: { keys: 3, actions: { ...READS, set: 3, delete: 1 } } },
      {
        processes: 1,
        workload: { keys: 3, actions: { ...READS, ...CHORES, set: 3, clear: 0.1, 'lose index': 0.1, reopen: 0.1 } },
      },
    ],
  },
  pauses: {
    milliseconds: 1500,
    crews: [{ processes: 4, paused: true, workload: { keys: 2, actions: { ...READS, set: 5, delete: 1 } } }],
  },
  kills: {
    milliseconds: 2000,
    crews: [
      { processes: 2, killed: true, workload: { keys: 4, actions: { set: 3, delete: 1, ...CHORES } } },
      { processes: 2, workload: { keys: 4, actions: { ...READS, set: 0.05 } } },
    ],
  },
} as const satisfies Record<string, Scene>;

const lossy = {
  eviction: {
    milliseconds: 1500,
    lossy: true,
    crews: [
      {
        processes: 3,
        paused: true,
        workload: {
          keys: 3,
          actions: { ...READS, ...CHORES, set: 3, delete: 0.5, fill: 3 },
          maxSizeBytes: 128 * 1024,
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
        processes: 3,
        killed: true,
        workload: {
          keys: 3,
          actions: { ...READS, ...CHORES, set: 3, delete: 0.5, fill: 3, 'lose index': 0.02 },
          maxSizeBytes: 128 * 1024,
        },
      },
      { processes: 1, workload: { keys: 3, actions: { ...READS, fill: 0.1 }, maxSizeBytes: 128 * 1024 } },
    ],
  },
} as const satisfies Record<string, Scene>;

export const SCENES: Readonly<Record<string, Scene>> = { ...strict, ...lossy };
