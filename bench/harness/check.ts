/**
 * Whether contestants gave what they had to give. Fast and wrong does not count.
 */

import { inspect, isDeepStrictEqual } from 'node:util';
import type { Action, Outcome } from './contestant.ts';

/** A contestant answered with something else than what was stored. */
export class WrongAnswerError extends Error {
  override name = 'WrongAnswerError';
}

/** @throws a {@link WrongAnswerError} for the first answer that is not what the action expects. */
export function check(contestant: string, actions: readonly Action[], { results }: Pick<Outcome, 'results'>): void {
  for (const [index, result] of results.entries()) {
    const action = actions[index];
    if (action === undefined) throw new WrongAnswerError(`${contestant} gave more answers than it was asked for`);
    if (action.operation !== 'get' && action.operation !== 'has') continue;
    if (isDeepStrictEqual(plain(result), plain(action.expected))) continue;
    throw new WrongAnswerError(
      `${contestant}: ${action.operation} of ${action.key} gave ${shown(result)}, expected ${shown(action.expected)}`,
    );
  }
}

/** Bytes are compared as bytes: some libraries give a Uint8Array for a Buffer. */
function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

function shown(value: unknown): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY, maxStringLength: 40, maxArrayLength: 2, depth: 1 });
}
