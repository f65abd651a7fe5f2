/** What the figures were measured on. */

import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly fileSystem: string;
  /** What creating a small file cost before the run. */
  readonly createMicroseconds: number;
}

export function describeMachine(folder: string): Omit<Machine, 'createMicroseconds'> {
  return {
    node: process.version,
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    fileSystem: fileSystemOf(folder),
  };
}

/** The type of the file system, where the system's `df` tells it. */
function fileSystemOf(folder: string): string {
  try {
    return (
      execFileSync('df', ['--output=fstype', folder], { encoding: 'utf8', stdio: 'pipe' }).trim().split('\n').at(-1) ??
      'unknown'
    );
  } catch {
    return 'unknown';
  }
}
