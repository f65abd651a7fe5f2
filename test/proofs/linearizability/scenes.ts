/**
 * The scenes in which histories are recorded. Each brings a part of the protocol to where it is needed.
 *
 * In the first kind threads take turns at system calls, see `gate.ts`: what can go wrong between two calls does so within
 * a few hundred operations. In the second, processes and threads run freely, and are killed and stopped by signals.
 */

import type { Scene } from './workload.ts';

const READS = { get: 4, 'cold get': 2, exists: 1 } as const;
const CHORES = { compact: 0.05, 'clean up': 0.05, repair: 0.02 } as const;
/** Room for a few small entries. */
const SMALL_LIMIT = 64 * 1024;
const LIMIT = 128 * 1024;
const TURNS = { operations: 1000 } as const;
const FREELY = { milliseconds: 1500 } as const;

const inTurns = {
  /** Sets, deletes and reads of one key. */
  turns: {
    length: TURNS,
    crews: [{ clients: 3, workload: { keys: 1, actions: { ...READS, set: 1.2, delete: 0.8 } } }],
  },
  /** One who sets and deletes what others have in memory. */
  'turns and memory': {
    length: TURNS,
    crews: [
      { clients: 1, workload: { keys: 1, actions: { set: 1, delete: 1, get: 1 } } },
      { clients: 2, workload: { keys: 1, actions: { get: 3, 'cold get': 1, exists: 1 } } },
    ],
  },
  /** Writers and deleters that die, and readers who have it all in memory. */
  'turns and deaths': {
    length: TURNS,
    crews: [
      { clients: 3, killed: true, workload: { keys: 2, actions: { set: 2, delete: 1, get: 1 } } },
      { clients: 2, workload: { keys: 2, actions: { ...READS, set: 0.1 } } },
    ],
  },
  /** Values that expire while they are read and replaced. */
  'turns and expiry': {
    length: TURNS,
    crews: [{ clients: 3, workload: { keys: 1, actions: { ...READS, set: 2, delete: 0.2 }, fleetingShare: 0.5 } }],
  },
  /** Dead sidecars that are reaped, as one does who has deleted many and leaves, while their keys are set anew. */
  'turns and reaping': {
    length: TURNS,
    crews: [
      { clients: 1, workload: { keys: 48, actions: { delete: 90, reopen: 1 } } },
      { clients: 2, workload: { keys: 48, actions: { 'cold get': 1, get: 1, set: 2 } } },
    ],
  },
  /** A new index now and then. */
  'turns and compaction': {
    length: TURNS,
    crews: [
      { clients: 1, workload: { keys: 2, actions: { get: 4, set: 4, delete: 1, clear: 0.5 } } },
      { clients: 2, workload: { keys: 2, actions: { ...READS, set: 3, delete: 1.5 } } },
    ],
  },
  /** Housekeepers and writers that die anywhere, in the middle of a compaction too. */
  'turns and upkeep': {
    length: { operations: 250 },
    crews: [
      {
        clients: 2,
        killed: true,
        workload: { keys: 2, actions: { get: 4, set: 2, delete: 1, compact: 0.3, 'lose index': 0.2, 'clean up': 0.1 } },
      },
      { clients: 2, workload: { keys: 2, actions: { ...READS, set: 1, delete: 0.5, reopen: 0.1 } } },
    ],
  },
  /** Eviction by the sets of other keys. */
  'turns and eviction': {
    length: TURNS,
    lossy: true,
    crews: [
      { clients: 1, workload: { keys: 1, actions: { fill: 6, get: 1 }, maxSizeBytes: SMALL_LIMIT } },
      { clients: 2, workload: { keys: 1, actions: { ...READS, set: 0.6, delete: 0.1 }, maxSizeBytes: SMALL_LIMIT } },
    ],
  },
} as const satisfies Record<string, Scene>;

const freely = {
  /** Both faces, long values too, several operations of each client under way. */
  traffic: {
    length: FREELY,
    crews: [
      {
        clients: 3,
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
    length: FREELY,
    crews: [
      {
        clients: 1,
        threads: 3,
        workload: { keys: 2, actions: { ...READS, ...CHORES, set: 4, delete: 2 }, dawdling: 0.01 },
      },
      { clients: 1, workload: { keys: 2, actions: { ...READS, set: 4, delete: 2, clear: 0.02 }, asyncShare: 0.3 } },
    ],
  },
  expiry: {
    length: FREELY,
    crews: [
      {
        clients: 3,
        workload: { keys: 2, actions: { ...READS, ...CHORES, set: 4 }, fleetingShare: 0.4, dawdling: 0.02 },
      },
    ],
  },
  'clear and loss of the index': {
    length: FREELY,
    crews: [
      { clients: 2, paused: true, workload: { keys: 3, actions: { ...READS, set: 3, delete: 1 } } },
      {
        clients: 1,
        workload: {
          keys: 3,
          actions: { ...READS, ...CHORES, set: 3, clear: 0.1, 'lose index': 0.1, reopen: 0.1 },
          dawdling: 0.01,
        },
      },
    ],
  },
  kills: {
    length: FREELY,
    crews: [
      { clients: 2, killed: true, workload: { keys: 4, actions: { set: 3, delete: 1, ...CHORES }, dawdling: 0.02 } },
      { clients: 2, workload: { keys: 4, actions: { ...READS, set: 0.05 } } },
    ],
  },
  eviction: {
    length: FREELY,
    lossy: true,
    crews: [
      {
        clients: 2,
        killed: true,
        workload: {
          keys: 3,
          actions: { ...READS, ...CHORES, set: 3, delete: 0.5, fill: 3, 'lose index': 0.02 },
          maxSizeBytes: LIMIT,
          dawdling: 0.01,
        },
      },
      {
        clients: 1,
        paused: true,
        workload: { keys: 3, actions: { ...READS, set: 1, fill: 1 }, maxSizeBytes: LIMIT, asyncShare: 0.2 },
      },
    ],
  },
} as const satisfies Record<string, Scene>;

/** All scenes. */
export const SCENES = { ...inTurns, ...freely };

/** The name of a scene. */
export type SceneName = keyof typeof SCENES;
