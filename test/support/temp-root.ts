/**
 * Temporary folders that are gone when their test is.
 */

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

function makeFolder(): string {
  return mkdtempSync(join(realpathSync(tmpdir()), 'glovebox-cache-'));
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A fresh folder, removed when the running test has finished. */
export function createTempRoot(): string {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}

/** Runs `action` with a fresh folder and removes it afterwards: for tests that need one for each of many runs. */
export async function withTempRoot<T>(action: (root: string) => Promise<T>): Promise<T> {
  const folder = makeFolder();
  try {
    return await action(folder);
  } finally {
    removeFolder(folder);
  }
}
