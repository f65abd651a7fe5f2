/**
 * A root to report on, and a folder to be in.
 */

import { beforeEach } from 'vitest';
import { createTempRoot } from '../../support/temp-root.ts';
import { type CliResult, type CliWorld, runCli } from '../cli-harness.ts';

/** What a test of reports has to itself. */
export interface Desk {
  /** The root. */
  readonly root: string;
  /** The working folder. */
  readonly desk: string;
}

/** Makes a fresh one for each test of the calling file; it is there while a test runs. */
export function useDesk(): Desk {
  let root = '';
  let desk = '';
  beforeEach(() => {
    root = createTempRoot();
    desk = createTempRoot();
  });
  return {
    get root() {
      return root;
    },
    get desk() {
      return desk;
    },
  };
}

/** Runs `report` on the root. */
export function report({ root, desk }: Desk, args: readonly string[], world: CliWorld = {}): Promise<CliResult> {
  return runCli(['--root', root, 'report', ...args], { cwd: desk, ...world });
}

/** What `report --json` says. */
export async function figures(desk: Desk, ...args: readonly string[]) {
  const { stdout } = await report(desk, ['--json', ...args]);
  return JSON.parse(stdout);
}
