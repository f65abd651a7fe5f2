/**
 * The key's value as an observer outside sees it change, and what each call may still find.
 *
 * Each value that the key has had is an element, in the order in which they took effect. `floor` is the oldest element
 * that a call which starts now may see: a set or delete that has returned raises it to its own, a read to what it saw.
 */

import type { World } from './world.ts';

/** What put an end to a value, or began one. */
export type Cause = 'start' | 'set' | 'delete' | 'evict' | 'sweep';

/** A value of the key; an empty generation for none. */
export interface Element {
  readonly generation: string;
  readonly cause: Cause;
}

/** See above. */
export interface History {
  elements: readonly Element[];
  floor: number;
  /** Where `floor` was when calls that are under way began, by process. */
  begun: Readonly<Record<string, number>>;
  /** Sets that have returned, by their last generations. */
  returned: readonly string[];
  /** Elements that a read has returned, or that a delete says it has removed. */
  witnessed: readonly number[];
  fault: string | undefined;
}

/** A history that begins with one value, or with none. */
export function historyOf(generation: string): History {
  const elements: Element[] = [{ generation, cause: 'start' }];
  const returned = generation === '' ? [] : [generation];
  return { elements, floor: 0, begun: {}, returned, witnessed: [], fault: undefined };
}

/** The set that a generation belongs to: starting over adds a mark. */
export function setOf(generation: string): string {
  return generation.replaceAll("'", '');
}

/** The value that the key has now. */
export function current({ elements }: History): Element {
  return elements.at(-1) ?? { generation: '', cause: 'start' };
}

/** A value took effect. */
export function tookEffect({ history }: World, element: Element): void {
  history.elements = [...history.elements, element];
}

/** A call begins. */
export function callBegins({ history }: World, process: string): void {
  history.begun = { ...history.begun, [process]: history.floor };
}

/** A call will never return. */
export function callEnds({ history }: World, process: string): number {
  const { [process]: floor = 0, ...rest } = history.begun;
  history.begun = rest;
  return floor;
}

/** A set returns. */
export function setReturns(world: World, process: string, generation: string): void {
  const { history } = world;
  const from = callEnds(world, process);
  history.fault ??= setForNothing(history, generation, from);
  history.returned = [...history.returned, generation];
  const at = history.elements.findLastIndex((element) => element.generation === generation);
  history.floor = Math.max(history.floor, at);
  world.history.fault ??= comesBack(history);
}

/** A set that returns has happened, though others may have replaced or killed its value since. */
function setForNothing({ elements }: History, generation: string, from: number): string | undefined {
  const at = elements.findLastIndex((element) => element.generation === generation);
  const next = elements[at + 1];
  const wasTaken = at === -1 || (next?.generation === '' && next.cause === 'sweep');
  const wasFollowed = elements.slice(Math.max(at, from) + 1).some((element) => element.generation !== '');
  return wasTaken && !wasFollowed ? `the set of ${generation} returns, and it was taken away in passing` : undefined;
}

/** A delete returns. */
export function deleteReturns(world: World, process: string, killed: string): void {
  const { history } = world;
  const from = callEnds(world, process);
  const at = history.elements.findIndex(
    ({ generation }, index) => generation === killed && (killed !== '' || index >= from),
  );
  if (killed !== '' && from > at) {
    history.fault ??= `a delete says that it has removed ${killed}, which nobody could read any more`;
  } else if (at === -1) {
    history.fault ??= 'a delete says that there was nothing, though a value stood all the time';
  }
  if (history.fault !== undefined) return;
  // What a set was replacing at that moment was removed just before.
  if (killed !== '') witness(history, at);
  history.floor = Math.max(history.floor, killed === '' ? at : at + 1);
  history.fault ??= comesBack(history);
}

/** A read returns; an empty generation is a miss. */
export function readReturns(world: World, process: string, found: string): void {
  const { history } = world;
  const from = callEnds(world, process);
  const at = history.elements.findIndex(({ generation }, index) => generation === found && index >= from);
  if (at === -1) {
    history.fault ??=
      found === '' ? `${process} misses a value that stood all the time` : `${process} reads ${found}, which is old`;
    return;
  }
  // An eviction may strike at any time, so a miss that may be its work tells nothing of what others may see.
  if (found === '' && history.elements[at]?.cause !== 'delete') return;
  if (found !== '') witness(history, at);
  history.floor = Math.max(history.floor, at);
  history.fault ??= comesBack(history);
}

function witness(history: History, at: number): void {
  if (!history.witnessed.includes(at)) history.witnessed = [...history.witnessed, at].sort((a, b) => a - b);
}

/**
 * A set happens once. When one that started over brings back a value that was seen, nothing else may have been seen in
 * between.
 */
function comesBack({ elements, floor, witnessed, returned }: History): string | undefined {
  for (const first of witnessed) {
    const value = elements[first]?.generation ?? '';
    for (let later = first + 1; later < elements.length; later++) {
      const again = elements[later]?.generation ?? '';
      if (again === '' || setOf(again) !== setOf(value)) continue;
      const between = elements.slice(first + 1, later).some((element, offset) => {
        const at = first + 1 + offset;
        if (setOf(element.generation) === setOf(value)) return false;
        return (
          witnessed.includes(at) || returned.includes(element.generation) || (element.cause === 'delete' && at <= floor)
        );
      });
      if (between && (witnessed.includes(later) || returned.includes(again))) {
        return `the value of set ${setOf(value)} was seen, then something else, then that value again`;
      }
    }
  }
  return undefined;
}
