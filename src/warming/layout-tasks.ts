/**
 * Layouts, compiled before they are asked for.
 */

import { readFile } from 'node:fs/promises';
import type { LayoutService } from '../layout/index.ts';
import type { WarmingTask } from './warming-task.ts';

/** The tasks that compile the layouts in `files`, each named by its path. Files are read when their turn comes. */
export function layoutTasks(
  layouts: Pick<LayoutService, 'compile' | 'isCompiled'>,
  files: Iterable<string>,
): WarmingTask[] {
  return Array.from(files, (file) => ({
    name: file,
    isWarm: async () => layouts.isCompiled(await readFile(file)),
    warm: async () => {
      await layouts.compile(await readFile(file));
    },
  }));
}
