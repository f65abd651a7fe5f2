/**
 * What a process holds: descriptors and memory, and whether that grows.
 */

import { readdirSync, readlinkSync } from 'node:fs';
import type { Health } from './plan.ts';

/** What the descriptors of this process lead to. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      // The one by which the folder is being read.
      return [];
    }
  });
}

/** The files under `folder` that this process has open. */
export function openFilesUnder(folder: string): string[] {
  return openFiles().filter((target) => target.startsWith(`${folder}/`));
}

export function countOpenFiles(): number {
  return openFiles().length;
}

/** A look at this process, garbage collected first. */
export function takeHealth(folder: string): Health {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { descriptors: openFilesUnder(folder).length, heap: heapUsed + external, resident: rss };
}

/** Growth that is none: the just-in-time compiler, a value on its way, a thread that comes and goes. */
const ALLOWED = { heap: 8 * 2 ** 20, resident: 64 * 2 ** 20, descriptors: 4 };

/**
 * What a process holds more of in its last third than in the one before, the first being for warming up; and memory
 * beyond what it had before it opened the cache and what the cache may keep. Counted is the least that it held: large
 * values on their way come in bursts, a leak stays.
 */
export function healthFaults(samples: readonly Health[], memoryBytes: number): string[] {
  const third = Math.floor(samples.length / 3);
  if (third < 3) return [];
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  const bound = (samples[0]?.heap ?? 0) + memoryBytes + ALLOWED.heap;
  const held = least(last, 'heap');
  const excess = held > bound ? [`a surviving process' heap of ${held} is over ${bound}`] : [];
  const grown = (['descriptors', 'heap', 'resident'] as const).flatMap((name) => {
    const before = least(middle, name);
    const after = least(last, name);
    return after > before + ALLOWED[name] ? [`a surviving process' ${name} grew from ${before} to ${after}`] : [];
  });
  return [...excess, ...grown];
}

function least(samples: readonly Health[], name: keyof Health): number {
  return Math.min(...samples.map((sample) => sample[name]));
}
