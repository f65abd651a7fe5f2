import { mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { loadedFiles, sizeOf, WAYS } from './loaded-files.ts';
import { cleanEnvironment, run } from './run.ts';

/** The code that an import loads, in bytes: all of it is read and parsed by every process. */
const BUDGET_BYTES = 172_000;
/** Of the processor time that Node itself takes to start. It is about 0.32; with `node:crypto` and the like along, 0.9. */
const BUDGET_TIME = 0.5;
const PROCESSES = 11;
/** Modules of Node that it has not loaded by itself, and that take between half a millisecond and three. */
const DEAR = ['assert', 'child_process', 'crypto', 'http', 'stream', 'v8', 'worker_threads', 'zlib'];

const consumer = inject('consumer');

interface ColdStart {
  /** Processor time of Node's own start, in microseconds. */
  readonly start: number;
  /** Processor time of the import, in microseconds. */
  readonly import: number;
  readonly found?: unknown;
  /** Modules of the runtime that were loaded for it. */
  readonly loaded: readonly string[];
}

describe.each(WAYS)('%s of the package', (how) => {
  it('reads no more code than its budget', () => {
    expect(sizeOf(loadedFiles('index', how))).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  it('loads no module of Node that takes long', () => {
    expect(dearOnes(start(how))).toEqual([]);
  });

  it('leaves them unloaded in a process that reads one value', () => {
    const root = mkdtempSync(join(dirname(consumer), 'scratch-'));
    run(process.execPath, ['cold-set.mjs', root], { cwd: consumer, env: cleanEnvironment() });
    const first = start(how, root);
    expect(first.found).toEqual({ answer: 42 });
    expect(dearOnes(first)).toEqual([]);
  });

  it('takes a fraction of the time that Node takes to start', () => {
    // Processor time, compared within one process: a busy machine stretches both, and waiting counts for nothing.
    const ratios = Array.from({ length: PROCESSES }, () => start(how)).map((cold) => cold.import / cold.start);
    const median = ratios.sort((one, other) => one - other)[Math.floor(PROCESSES / 2)];
    expect(median).toBeLessThan(BUDGET_TIME);
  });
});

function start(...args: readonly string[]): ColdStart {
  const { stdout } = run(process.execPath, ['cold.mjs', ...args], { cwd: consumer, env: cleanEnvironment() });
  return JSON.parse(stdout);
}

function dearOnes({ loaded }: ColdStart): string[] {
  return DEAR.filter((name) => loaded.includes(name));
}
