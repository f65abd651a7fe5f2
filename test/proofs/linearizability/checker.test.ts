/**
 * The checker itself: what it accepts, what it refuses, and that it agrees with trying out every order.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findViolation, type RegisterRules } from './checker.ts';
import { formatExcerpt, shortest } from './explain.ts';
import { describe as name, type Operation, type Outcome, type Verb, valueNumber } from './history.ts';
import { atomicHistory, explainable } from './model-histories.ts';

const STRICT = { lossy: false };
const LOSSY = { lossy: true };
const [OLD, NEW] = [valueNumber(1, 1), valueNumber(2, 1)];

/** An operation from `start` to `end`; clients don't matter to the checker. */
function operation(start: number, end: number, verb: Verb, outcome: Outcome, value = 0): Operation {
  return { client: 0, key: 0, fleeting: false, start, end, verb, outcome, value };
}

const set = (start: number, end: number, value: number): Operation => operation(start, end, 'set', 'done', value);
const got = (start: number, end: number, value: number): Operation => operation(start, end, 'get', 'hit', value);
const missed = (start: number, end: number): Operation => operation(start, end, 'get', 'miss');
const deleted = (start: number, end: number, answer: boolean): Operation =>
  operation(start, end, 'delete', answer ? 'hit' : 'miss');

function isExplained(history: readonly Operation[], rules: RegisterRules = STRICT): boolean {
  return findViolation(history, rules) === undefined;
}

describe('what is linearizable', () => {
  it('a read during a set may see the old or the new value', () => {
    expect(isExplained([set(0, 1, OLD), set(2, 9, NEW), got(3, 4, OLD), got(5, 6, NEW)])).toBe(true);
  });

  it('two sets at the same time may happen in either order', () => {
    expect(isExplained([set(0, 9, OLD), set(0, 9, NEW), got(10, 11, OLD)])).toBe(true);
    expect(isExplained([set(0, 9, OLD), set(0, 9, NEW), got(10, 11, NEW)])).toBe(true);
  });

  it('a set that was never heard of again may have happened, or not', () => {
    const lost: Operation = { ...set(2, 5, NEW), outcome: 'unknown' };
    expect(isExplained([set(0, 1, OLD), lost, got(6, 7, OLD), got(8, 9, OLD)])).toBe(true);
    expect(isExplained([set(0, 1, OLD), lost, got(6, 7, NEW), got(8, 9, NEW)])).toBe(true);
  });

  it('a delete that found nothing and a clear explain a miss', () => {
    expect(isExplained([deleted(0, 1, false), set(2, 3, OLD), deleted(4, 5, true), missed(6, 7)])).toBe(true);
    expect(isExplained([set(0, 1, OLD), operation(2, 3, 'clear', 'done'), missed(4, 5)])).toBe(true);
  });

  it('a value that was to expire may be gone at any moment, and every value where there is eviction', () => {
    expect(isExplained([{ ...set(0, 1, OLD), fleeting: true }, got(2, 3, OLD), missed(4, 5)])).toBe(true);
    expect(isExplained([set(0, 1, OLD), got(2, 3, OLD), missed(4, 5), deleted(6, 7, false)], LOSSY)).toBe(true);
  });

  it('a read may find a value evicted a moment before others do', () => {
    expect(isExplained([set(0, 1, OLD), missed(2, 3), got(4, 5, OLD)], LOSSY)).toBe(true);
  });
});

describe('what is not', () => {
  it('an old value after a set returned', () => {
    expect(isExplained([set(0, 1, OLD), set(2, 3, NEW), got(4, 5, OLD)], LOSSY)).toBe(false);
  });

  it('an old value after somebody has seen the new one', () => {
    expect(isExplained([set(0, 1, OLD), set(2, 9, NEW), got(3, 4, NEW), got(5, 6, OLD)], LOSSY)).toBe(false);
  });

  it('a value that comes back after it was deleted, found gone by a delete, or expired', () => {
    expect(isExplained([set(0, 1, OLD), deleted(2, 3, true), got(4, 5, OLD)], LOSSY)).toBe(false);
    expect(isExplained([set(0, 1, OLD), deleted(2, 3, false), got(4, 5, OLD)], LOSSY)).toBe(false);
    expect(isExplained([{ ...set(0, 1, OLD), fleeting: true }, missed(2, 3), got(4, 5, OLD)])).toBe(false);
  });

  it('a miss that nothing explains', () => {
    expect(isExplained([set(0, 1, OLD), missed(2, 3)])).toBe(false);
    expect(isExplained([set(0, 1, OLD), operation(2, 3, 'exists', 'miss')])).toBe(false);
    expect(isExplained([set(0, 1, OLD), deleted(2, 3, false)])).toBe(false);
  });

  it('two deletes that both found the one value', () => {
    expect(isExplained([set(0, 1, OLD), deleted(2, 9, true), deleted(2, 9, true)])).toBe(false);
  });

  it('a value that nobody has set, or not yet', () => {
    expect(isExplained([got(0, 1, OLD)])).toBe(false);
    expect(isExplained([got(0, 1, OLD), set(2, 3, OLD)])).toBe(false);
  });

  it('a set that was killed and takes effect after its process has ended', () => {
    const killed: Operation = { ...set(2, 3, NEW), outcome: 'unknown' };
    expect(isExplained([set(0, 1, OLD), killed, got(4, 5, OLD), got(6, 7, NEW)])).toBe(false);
  });
});

describe('against a register', () => {
  it('accepts whatever an atomic register answers', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), fc.boolean(), (seed, clients, lossy) => {
        expect(findViolation(atomicHistory({ seed, clients, operations: 60, lossy }), { lossy })).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with trying out every order', () => {
    const verdicts = { explained: 0, refused: 0 };
    fc.assert(
      fc.property(fc.array(anyOperation, { minLength: 1, maxLength: 6 }), fc.boolean(), (drafts, lossy) => {
        const history = withUniqueValues(drafts);
        const expected = explainable(history, { lossy });
        verdicts[expected ? 'explained' : 'refused']++;
        expect(isExplained(history, { lossy }), history.map(name).join('; ')).toBe(expected);
      }),
      { numRuns: 4000 },
    );
    expect(Math.min(verdicts.explained, verdicts.refused)).toBeGreaterThan(400);
  });

  it('finds the one read that was falsified among thousands of operations', () => {
    const history = atomicHistory({ seed: 5, clients: 5, operations: 5000, lossy: false });
    const reads = history.filter(({ verb, outcome }) => verb === 'get' && outcome === 'hit');
    const victim = reads[Math.floor(reads.length / 2)];
    const stale = history.find(({ verb, value }) => verb === 'set' && value !== victim?.value);
    if (victim === undefined || stale === undefined) throw new Error('the history has no reads');
    const falsified = history.map((one) => (one === victim ? { ...one, value: stale.value } : one));
    const violation = findViolation(falsified, STRICT);
    expect(violation).toBeDefined();
    if (violation === undefined) return;
    const { operations } = shortest(violation, STRICT);
    expect(operations.length).toBeLessThanOrEqual(4);
    expect(operations.some(({ start }) => start === victim.start)).toBe(true);
  });
});

it('prints the shortest part that contradicts itself', () => {
  const noise = Array.from({ length: 200 }, (_, turn) => [
    set(turn * 10_000, turn * 10_000 + 2_000, valueNumber(0, turn + 1)),
    got(turn * 10_000 + 3_000, turn * 10_000 + 4_000, valueNumber(0, turn + 1)),
  ]).flat();
  const history = [
    ...noise,
    set(2_000_000, 2_001_000, OLD),
    set(2_002_000, 2_003_000, NEW),
    got(2_003_000, 2_004_000, NEW),
    got(2_005_000, 2_006_000, OLD),
  ];
  const violation = findViolation(history, STRICT);
  if (violation === undefined) throw new Error('nothing was found');
  expect(formatExcerpt(shortest(violation, STRICT), violation.key)).toBe(
    [
      'not linearizable: key 0, whatever it held before',
      '      call ..     return  who  what (times in µs)',
      '      -3.0 ..       -2.0  a    set b1 (before)',
      '      -1.0 ..        0.0  a    set c1 (before)',
      '       0.0 ..        1.0  a    get: c1',
      '       2.0 ..        3.0  a    get: b1',
    ].join('\n'),
  );
});

/** Few moments, so that operations often overlap. */
const anyOperation = fc
  .record({
    start: fc.integer({ min: 0, max: 12 }),
    length: fc.integer({ min: 1, max: 6 }),
    draft: fc.constantFrom(
      ...(['set', 'set', 'get', 'get', 'exists', 'delete', 'clear'] as const).flatMap((verb) =>
        (['hit', 'miss', 'unknown'] as const).map((outcome) => ({ verb, outcome })),
      ),
    ),
    read: fc.integer({ min: 1, max: 3 }),
    fleeting: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ start, length, draft: { verb, outcome }, read, fleeting }): Operation => {
    const answers = verb === 'set' || verb === 'clear';
    return {
      ...operation(start, start + length, verb, answers && outcome !== 'unknown' ? 'done' : outcome),
      value: verb === 'get' && outcome === 'hit' ? read : 0,
      fleeting: verb === 'set' && fleeting === 0,
    };
  });

/** Gives each set a value of its own, from 1 on, so that reads often see one of them. */
function withUniqueValues(drafts: readonly Operation[]): Operation[] {
  let sets = 0;
  return [...drafts]
    .sort((a, b) => a.start - b.start)
    .map((draft) => (draft.verb === 'set' ? { ...draft, value: ++sets } : draft));
}
