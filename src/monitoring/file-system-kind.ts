/**
 * What kind of file system a folder lies on.
 */

import { statfsSync } from 'node:fs';

/** By the numbers that Linux gives them (`linux/magic.h`); other systems number theirs anew at each start. */
const KINDS: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'zfs'],
  [0xf2f52010, 'f2fs'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlayfs'],
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xfe534d42, 'smb2'],
  [0xff534d42, 'cifs'],
  [0x01021997, '9p'],
  [0x65735546, 'fuse'],
]);

/** The kind's name, or its number; `null` where it can't be told. */
export function fileSystemKind(folder: string): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const number = statfsSync(folder).type >>> 0;
    return KINDS.get(number) ?? `0x${number.toString(16)}`;
  } catch {
    return null;
  }
}
