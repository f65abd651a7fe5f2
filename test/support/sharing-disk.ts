/**
 * A file system whose files can share blocks.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createTempRoot } from './temp-root.ts';

/** Whether one can be had: it takes root, loop devices and the tools of XFS. */
export function canShareBlocks(): boolean {
  try {
    execFileSync('mkfs.xfs', ['-V'], { stdio: 'ignore' });
    execFileSync('losetup', ['--find'], { stdio: 'ignore' });
    return process.geteuid?.() === 0;
  } catch {
    return false;
  }
}

/** Mounts an empty XFS until the running test has finished. @returns the folder it is mounted on. */
export function mountSharingDisk(): string {
  const place = createTempRoot();
  const image = join(place, 'image');
  const folder = join(place, 'disk');
  writeFileSync(image, '');
  truncateSync(image, 512 * 2 ** 20);
  mkdirSync(folder);
  execFileSync('mkfs.xfs', ['-q', '-m', 'reflink=1', image]);
  execFileSync('mount', ['-o', 'loop', image, folder]);
  onTestFinished(() => {
    execFileSync('umount', [folder]);
  });
  return folder;
}

/** Bytes in use on the file system of `folder`, once all that was written has found its place. */
export function usedBytes(folder: string): number {
  execFileSync('sync', ['--file-system', folder]);
  const { blocks, bfree, bsize } = statfsSync(folder);
  return (blocks - bfree) * bsize;
}
