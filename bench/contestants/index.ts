/** All contestants, in the order in which tables show them. */

import type { Contestant } from '../harness/contestant.ts';
import { bentocache } from './bentocache.ts';
import { betterSqlite3 } from './better-sqlite3.ts';
import { cacache } from './cacache.ts';
import { cacheManagerFsHash } from './cache-manager-fs-hash.ts';
import { diskcache } from './diskcache.ts';
import { fileSystemCache } from './file-system-cache.ts';
import { flatCache } from './flat-cache.ts';
import { floor } from './floor.ts';
import { gloveboxContestants } from './glovebox.ts';
import { keyvFile } from './keyv-file.ts';
import { lmdb, lmdbNoSync } from './lmdb.ts';
import { nodePersist } from './node-persist.ts';
import { nodeSqlite } from './node-sqlite.ts';
import { unstorage } from './unstorage.ts';

export const contestants: readonly Contestant[] = [
  ...gloveboxContestants(),
  floor,
  betterSqlite3,
  nodeSqlite,
  lmdb,
  lmdbNoSync,
  diskcache,
  cacache,
  keyvFile,
  flatCache,
  nodePersist,
  fileSystemCache,
  unstorage,
  cacheManagerFsHash,
  bentocache,
];
