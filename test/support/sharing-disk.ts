/**
 * A file system whose files can share blocks.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createTempRoot } from './temp-root.ts';

/** Whether one can be had: it takes the tools of XFS, loop devices, and a user who may mount, as few containers let. */
export function canShareBlocks(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'glovebox-cache-disk-'));
  try {
    unmount(mount(place));
    return true;
  } catch {
    return false;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Mounts an empty XFS until the running test has finished. @returns the folder it is mounted on. */
export function mountSharingDisk(): string {
  const folder = mount(createTempRoot());
  onTestFinished(() => unmount(folder));
  return folder;
}

function mount(place: string): string {
  const image = join(place, 'image');
  const folder = join(place, 'disk');
  writeFileSync(image, '');
  truncateSync(image, 512 * 2 ** 20);
  mkdirSync(folder);
  execFileSync('mkfs.xfs', ['-q', '-m', 'reflink=1', image], { stdio: 'ignore' });
  execFileSync('mount', ['-o', 'loop', image, folder], { stdio: 'ignore' });
  return folder;
}

function unmount(folder: string): void {
  execFileSync('umount', [folder]);
}

/** Bytes in use on the file system of `folder`, once all that was written has found its place. */
export function usedBytes(folder: string): number {
  execFileSync('sync', ['--file-system', folder]);
  const { blocks, bfree, bsize } = statfsSync(folder);
  return (blocks - bfree) * bsize;
}
