/**
 * The shortest part of a history that no order explains, for people to read.
 */

import { type Beginning, findCulprit, mutates, type RegisterRules, type Violation } from './checker.ts';
import { clientName, describe, type Operation } from './history.ts';

/** So many operations before the culprit are tried first. */
const FIRST_WINDOW = 4;

/** What is left of a history when all is taken away that doesn't matter. */
export interface Excerpt {
  /** Operations that together can't be explained, in the order of their calls. */
  readonly operations: readonly Operation[];
  /** Sets of values that they read, where those came before. */
  readonly origins: readonly Operation[];
  readonly beginning: Beginning;
}

/** Shrinks a violation to what contradicts itself. */
export function shortest(violation: Violation, rules: RegisterRules): Excerpt {
  const { operations, beginning } = window(violation, rules);
  const needed = withoutNeedless(operations, rules, beginning);
  const certain = needed.filter(({ outcome }) => outcome !== 'unknown');
  const read = new Set(certain.map(({ value }) => value).filter((value) => value !== 0));
  const origins = violation.operations.filter(
    (operation) =>
      operation.verb === 'set' && read.has(operation.value) && !certain.some((one) => same(one, operation)),
  );
  return { operations: certain, origins, beginning };
}

function same(one: Operation, other: Operation): boolean {
  return one.client === other.client && one.start === other.start;
}

/**
 * The last few operations before the culprit's return that can't be explained whatever the register held before them.
 * What was under way when the window begins may have happened before: its reads say nothing, its changes may or may not
 * fall into the window.
 */
function window({ operations, culprit }: Violation, rules: RegisterRules): Pick<Excerpt, 'operations' | 'beginning'> {
  const before = operations.filter(({ start }) => start <= culprit.end);
  const late = before.map((operation) => (operation.end > culprit.end ? unfinished(operation) : operation));
  const starts = late.map(({ start }) => start).sort((a, b) => b - a);
  for (let size = FIRST_WINDOW; size < starts.length; size *= 2) {
    const from = starts[size - 1] ?? 0;
    const part = late
      .filter(({ end }) => end >= from)
      .map((operation) => (operation.start < from ? unfinished(operation) : operation));
    if (findCulprit(part, rules, 'anything') !== undefined) return { operations: part, beginning: 'anything' };
  }
  return { operations: late, beginning: 'nothing' };
}

/** An operation of which it isn't known any more whether it happened. */
function unfinished(operation: Operation): Operation {
  return { ...operation, outcome: 'unknown' };
}

/** Forgets the outcome of each operation in turn; where the contradiction remains it didn't matter. */
function withoutNeedless(operations: readonly Operation[], rules: RegisterRules, beginning: Beginning): Operation[] {
  let rest = [...operations].sort((a, b) => a.start - b.start);
  for (const operation of [...rest]) {
    if (operation.outcome === 'unknown') continue;
    const fewer = rest.flatMap((one) => {
      if (one !== operation) return [one];
      return mutates(one) ? [unfinished(one)] : [];
    });
    if (findCulprit(fewer, rules, beginning) !== undefined) rest = fewer;
  }
  return rest;
}

/** An excerpt as text: one line an operation, times in microseconds since its first call. */
export function formatExcerpt({ operations, origins, beginning }: Excerpt, key: number): string {
  const first = Math.min(...operations.map(({ start }) => start));
  const line = (operation: Operation) => {
    const [start, end] = [operation.start, operation.end].map((time) =>
      ((time - first) / 1000).toFixed(1).padStart(10),
    );
    return `${start} .. ${end}  ${clientName(operation.client).padEnd(4)} ${describe(operation)}`;
  };
  return [
    `not linearizable: key ${key}, ${beginning === 'nothing' ? 'which held nothing at first' : 'whatever it held before'}`,
    `${'call'.padStart(10)} .. ${'return'.padStart(10)}  who  what (times in µs)`,
    ...origins.map((operation) => `${line(operation)} (before)`),
    ...operations.map(line),
  ].join('\n');
}
