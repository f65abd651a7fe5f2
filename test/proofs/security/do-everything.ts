/**
 * Runs {@link file://./everything.ts} in a process of its own, which may get stuck, run out of memory or crash.
 */

import { fork } from 'node:child_process';
import { bundleWithout } from '../rules/bundle-without.ts';
import type { RuleName } from '../rules/rules.ts';
import type { EverythingArguments, EverythingReport } from './everything.ts';

const PROGRAM = new URL('./everything.ts', import.meta.url);
/** No program that is not stuck takes so long, in milliseconds. */
const STUCK_MS = 60_000;

export interface Surroundings {
  /** The rule that the engine lacks. */
  readonly rule?: RuleName | undefined;
  /** After how long the process is taken for stuck, in milliseconds. */
  readonly stuck?: number | undefined;
  /** Node's own flags. */
  readonly flags?: readonly string[];
}

/** What the process reports; how it ended if it did not come to that. */
export async function doEverything(
  args: EverythingArguments,
  { rule, stuck = STUCK_MS, flags = [] }: Surroundings = {},
): Promise<unknown> {
  const program = await bundleWithout(rule, PROGRAM);
  const child = fork(program, [JSON.stringify(args)], { stdio: 'pipe', execArgv: [...flags] });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve) => {
    const watch = setTimeout(() => child.kill('SIGKILL'), stuck);
    child.once('message', resolve);
    child.once('close', (code, signal) => {
      clearTimeout(watch);
      resolve({ ended: signal ?? code, errors: errors.slice(0, 2000) });
    });
  });
}

/** Whether a process has come to its end by itself. */
export function isReport(found: unknown): found is EverythingReport {
  return typeof found === 'object' && found !== null && 'crashed' in found && 'memory' in found;
}
