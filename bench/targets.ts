/**
 * What this cache wants to reach, as data: each row is judged by the figures of the run. 1 KB values unless a row says
 * otherwise.
 */

import type { Lack } from './harness/contestant.ts';
import type { Subject, Unit } from './harness/series.ts';

/** Where to find a figure, but for the contestant. */
export type Measured = Omit<Subject, 'contestant'>;

/** A single comparison of a row. */
export type Check =
  /** The ratio of two contestants, or of two figures of one, must be at most `must`. */
  | {
      readonly kind: 'ratio';
      readonly of: Subject;
      readonly to: Subject;
      readonly label: string;
      readonly must: number;
      readonly aim?: number;
      /**
       * What is compared; without it medians, round by round. Who puts off work, as SQLite does to its checkpoints and this
       * cache to its reaping, does it in few of many calls, which the median does not see: the mean has all of it.
       */
      readonly by?: 'mean';
    }
  /** The same of rates, which must be at least `must`. */
  | { readonly kind: 'rate'; readonly of: Subject; readonly to: Subject; readonly label: string; readonly must: number }
  /** The median of a figure must be at most `must`. */
  | {
      readonly kind: 'figure';
      readonly of: Subject;
      readonly unit: Unit;
      readonly label: string;
      readonly must: number;
      readonly aim?: number;
    }
  /** Each pure-JavaScript contestant, or each that lacks nothing of `without`, must take at least `must` times as long. */
  | {
      readonly kind: 'every peer';
      readonly without?: Lack;
      readonly measured: Measured;
      readonly ours: string;
      readonly label: string;
      readonly must: number;
    }
  /** Wherever both were measured, the ratio must be at most `must`. */
  | {
      readonly kind: 'everywhere';
      readonly ours: string;
      readonly other: string;
      readonly label: string;
      readonly must: number;
    }
  /** Two contestants may differ by at most `must` percentage points, in each operation of a scenario. */
  | {
      readonly kind: 'difference';
      readonly scenario: string;
      readonly ours: string;
      readonly other: string;
      readonly label: string;
      readonly must: number;
    };

export interface Target {
  readonly row: string;
  readonly checks: readonly Check[];
}

const SYNC = 'glovebox sync';
const ASYNC = 'glovebox async';
const FLOOR = 'floor';
const SQLITE = 'better-sqlite3';
const KB = 1024;

/** A scenario that does one thing, which has its name. */
function plain(scenario: string, contestant: string, size = KB): Subject {
  return { scenario, operation: scenario, size, contestant };
}

function lookup(operation: 'miss' | 'exists', contestant: string): Subject {
  return { scenario: 'lookup', operation, size: KB, contestant };
}

function scale(operation: string, size: number, contestant = SYNC): Subject {
  return { scenario: 'scale', operation, size, contestant };
}

function processes(operation: string, size: number): Subject {
  return { scenario: 'processes', operation, size, contestant: SYNC };
}

interface Besides {
  readonly aim?: number;
  readonly size?: number;
  readonly label?: string;
}

function beside(scenario: string, other: string, must: number, more: Besides = {}): Check {
  const { aim, size = KB, label = `${scenario} / ${other}` } = more;
  const check = {
    kind: 'ratio',
    of: plain(scenario, SYNC, size),
    to: plain(scenario, other, size),
    label,
    must,
  } as const;
  return aim === undefined ? check : { ...check, aim };
}

/** What writing takes beside SQLite: the call that most see, and what all calls take together. */
function besideSqlite(scenario: string, must: number, more: Besides = {}): Check[] {
  const { label = `${scenario} / ${SQLITE}` } = more;
  const check = beside(scenario, SQLITE, must, more);
  const means = { ...check, by: 'mean', label: `${label}, means` } as const;
  return [check, means];
}

/** A target of a row that speaks of many entries: measured with as many as the run had. */
function manyEntries(entries: number, memoryMust: number): Check[] {
  return [
    ...['get', 'set'].map((operation): Check => {
      const label = `${operation}, ${entries.toLocaleString('en')} entries / 1,000`;
      return { kind: 'ratio', of: scale(operation, entries), to: scale(operation, 1000), label, must: 1.3 };
    }),
    {
      kind: 'figure',
      of: scale('memory per entry', entries),
      unit: 'B',
      label: `memory per entry, ${entries.toLocaleString('en')} entries`,
      must: memoryMust,
      aim: 100,
    },
  ];
}

/** The rows. `cores` are those of the machine: reads can't scale beyond them. */
export function targets(cores: number): readonly Target[] {
  const parallel = Math.min(4, cores);
  return [
    {
      row: 'get from disk, index warm',
      checks: [beside('get from disk', FLOOR, 1.4, { aim: 1.2 }), beside('get from disk', SQLITE, 1.7, { aim: 1.3 })],
    },
    { row: 'get again (memory tier, coherent)', checks: [beside('get again', SQLITE, 0.6, { aim: 0.4 })] },
    {
      row: 'miss, exists',
      checks: (['miss', 'exists'] as const).map((operation): Check => {
        const label = `${operation} / ${SQLITE}'s miss`;
        return { kind: 'ratio', of: lookup(operation, SYNC), to: lookup('miss', SQLITE), label, must: 1, aim: 0.5 };
      }),
    },
    {
      row: 'set new, set with ttl',
      checks: ['set new', 'set with ttl'].flatMap((scenario) => [
        beside(scenario, FLOOR, 1.3),
        ...besideSqlite(scenario, 1.7, { aim: 1.2 }),
      ]),
    },
    {
      row: 'set new, 32 KB; 1 MB',
      checks: [
        ...besideSqlite('set new', 0.7, { aim: 0.4, size: 32 * KB, label: `set new, 32 KB / ${SQLITE}` }),
        ...besideSqlite('set new', 0.7, { aim: 0.4, size: KB * KB, label: `set new, 1 MB / ${SQLITE}` }),
      ],
    },
    {
      row: 'get, 32 KB',
      checks: [
        beside('get from disk', SQLITE, 1.2, { aim: 0.9, size: 32 * KB, label: `get from disk, 32 KB / ${SQLITE}` }),
      ],
    },
    { row: 'overwrite', checks: besideSqlite('overwrite', 2, { aim: 1.3 }) },
    { row: 'delete', checks: besideSqlite('delete', 1.3, { aim: 0.8 }) },
    { row: 'churn (set and evict at the limit)', checks: besideSqlite('churn', 1.5, { aim: 1 }) },
    {
      row: 'async face',
      checks: [
        ...['set new', 'get from disk', 'get again'].map((scenario): Check => {
          const label = `${scenario}: async / sync`;
          return { kind: 'ratio', of: plain(scenario, ASYNC), to: plain(scenario, SYNC), label, must: 1.2 };
        }),
        {
          kind: 'figure',
          of: { scenario: 'event loop', operation: 'event loop delay, p99', size: KB * KB, contestant: ASYNC },
          unit: 'ms',
          label: 'event-loop delay, p99, 1 MB values',
          must: 2,
        },
      ],
    },
    {
      row: 'every pure-JavaScript peer',
      checks: (
        [
          ['set new', 5],
          ['get again', 20],
          ['get from disk', 10],
        ] as const
      ).flatMap(([scenario, must]): Check[] => {
        const measured = { scenario, operation: scenario, size: KB };
        const check = { kind: 'every peer', measured, ours: SYNC, must } as const;
        return [
          { ...check, label: `${scenario}: least margin` },
          // The others answer from their own memory, whatever other processes have written.
          {
            ...check,
            label: `${scenario}: least margin, of those that see other processes' sets`,
            without: 'processes',
          },
        ];
      }),
    },
    {
      row: "Python's diskcache",
      checks: [{ kind: 'everywhere', ours: SYNC, other: 'python diskcache', label: 'worst row / diskcache', must: 1 }],
    },
    {
      row: 'cold start',
      checks: [
        {
          kind: 'figure',
          of: { scenario: 'import', operation: 'import', size: 0, contestant: SYNC },
          unit: 'ms',
          label: 'import',
          must: 10,
        },
        {
          kind: 'figure',
          of: { scenario: 'first use', operation: 'first get', size: 100_000, contestant: SYNC },
          unit: 'µs',
          label: 'open and first get, 100,000 entries',
          must: 2000,
        },
      ],
    },
    { row: 'many entries', checks: [...manyEntries(100_000, 150), ...manyEntries(1_000_000, 150)] },
    {
      row: 'hit ratio',
      checks: [
        {
          kind: 'difference',
          scenario: 'hit ratio',
          ours: SYNC,
          other: 'exact LRU',
          label: 'percentage points below an exact LRU, worst trace',
          must: 1,
        },
      ],
    },
    {
      row: 'four processes',
      checks: [
        {
          kind: 'rate',
          of: processes('read', parallel),
          to: processes('read', 1),
          label: `reads of ${parallel} processes / of one`,
          // Scaling with the cores, but for what they share.
          must: 0.8 * parallel,
        },
        {
          kind: 'rate',
          of: processes('write', 4),
          to: processes('write', 1),
          label: 'sets of 4 processes / of one',
          must: 1,
        },
      ],
    },
  ];
}
