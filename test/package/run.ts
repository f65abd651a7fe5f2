/**
 * Runs programs as a consumer would, from outside.
 */

import { type SpawnSyncOptions, spawnSync } from 'node:child_process';

/** What a program printed. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; throws with all it printed if it fails. */
export function run(program: string, args: readonly string[], options: SpawnSyncOptions = {}): Output {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    maxBuffer: 2 ** 26,
    ...options,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status !== 0) {
    throw new Error(`${program} ${args.join(' ')} ended with ${signal ?? status}:\n${stdout}\n${stderr}`);
  }
  return { stdout, stderr };
}

/** The environment of this process without what npm and Vitest put there, and with `changes`. */
export function cleanEnvironment(changes: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|node_|vitest|glovebox_|xdg_)/i.test(name));
  return { ...Object.fromEntries(kept), ...changes };
}
