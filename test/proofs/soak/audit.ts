/**
 * The end of a soak, when all have stopped: what is in the cache, whether its files are whole, and what is left of them
 * once an hour has passed.
 */

import { cpSync } from 'node:fs';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import type { CheckReport } from '../../../src/disk/upkeep/check.ts';
import { readProven } from '../../disk/programs/proven-value.ts';
import { hangUp, programArguments, report } from '../../support/program-side.ts';
import { type DiskUse, measureDiskUse } from './disk-use.ts';
import { type AuditPlan, type AuditReport, type Ground, keyName, OVERHEAD_BYTES } from './plan.ts';
import { Promises } from './promises.ts';

/** After this, what a killed process has left counts as left for good. */
const OUTLIVED_MS = 61 * 60_000;
/** Records of an index at rest: so many for each row, so many besides; and their average length, in bytes. */
const RECORDS_PER_ROW = 4;
const SPARE_RECORDS = 4096;
const RECORD_BYTES = 160;

async function audit({ ground, copy }: AuditPlan): Promise<AuditReport> {
  const faults: string[] = [];
  const { cacheRoot } = ground;
  const location = { cacheRoot, tag: 'default' };
  const before = measureDiskUse(location);
  const found = await asItWasLeft(ground, faults);
  const leftovers: Record<string, number> = {};
  for (const { kind } of found.problems) leftovers[kind] = (leftovers[kind] ?? 0) + 1;
  if (!ground.deaths && found.problems.length > 0) faults.push(`nobody died, and check found ${shown(found.problems)}`);
  if (!ground.deaths && before.unexplained.length > 0)
    faults.push(`nobody died, and there is ${shown(before.unexplained)}`);
  // What killed processes had in flight is counted by whoever next looks at all of it.
  const most = ground.maxSizeBytes + (ground.deaths ? ground.seats * (ground.longest + OVERHEAD_BYTES) : 0);
  if (before.liveBytes > most) faults.push(`${before.liveBytes} bytes were left, over the limit of ${most}`);
  const damage = found.problems.filter(({ severity }) => severity !== 'leftover');
  if (damage.length > 0) faults.push(`check found ${shown(damage)}`);

  cpSync(cacheRoot, copy, { recursive: true });
  await afterRepair({ ...ground, cacheRoot: copy }, faults);
  const now = Date.now;
  Date.now = () => now() + OUTLIVED_MS;
  await anHourLater(ground, faults);
  const after = measureDiskUse(location);
  if (after.liveBytes > ground.maxSizeBytes)
    faults.push(`an hour later ${after.liveBytes} bytes are over the limit of ${ground.maxSizeBytes}`);
  if (after.indexBytes > (RECORDS_PER_ROW * after.live + SPARE_RECORDS) * RECORD_BYTES)
    faults.push(`an index of ${after.indexBytes} bytes lists ${after.live} entries`);
  return { kind: 'audited', faults, leftovers, before, after };
}

/** Two that know nothing yet must agree, and read what was promised. */
async function asItWasLeft(ground: Ground, faults: string[]): Promise<CheckReport> {
  const { cacheRoot, maxSizeBytes } = ground;
  using first = new DiskCacheManager({ cacheRoot, maxSizeBytes });
  using second = new DiskCacheManager({ cacheRoot, maxSizeBytes, memoryMaxBytes: 0 });
  const promises = new Promises(ground);
  for (let key = 0; key < ground.keys; key++) {
    const note = promises.beforeRead(key);
    // The other may be the first to find an entry expired.
    const [one, other] = [first.getSync(keyName(key)), second.getSync(keyName(key))];
    const fault = promises.fault(note, one);
    if (fault !== undefined) faults.push(`at the end ${fault}`);
    if (told(one) !== told(other) && first.getSync(keyName(key)) !== undefined) {
      faults.push(`key ${key} was ${told(one)} to one and ${told(other)} to another`);
    }
  }
  promises.close();
  return await first.check();
}

function told(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Buffer.isBuffer(value) && value.length === 0) return 'empty';
  const { version, writer } = readProven(value);
  return `${version} of ${writer}`;
}

async function afterRepair({ cacheRoot, maxSizeBytes }: Ground, faults: string[]): Promise<void> {
  using cache = new DiskCacheManager({ cacheRoot, maxSizeBytes });
  await cache.check({ repair: true });
  const { problems } = await cache.check();
  if (problems.length > 0) faults.push(`after a repair check found ${shown(problems)}`);
  const { unexplained } = measureDiskUse(cache);
  const files = unexplained.filter((path) => !path.startsWith('locks'));
  if (files.length > 0) faults.push(`after a repair there is ${shown(files)}`);
}

async function anHourLater({ cacheRoot, maxSizeBytes }: Ground, faults: string[]): Promise<void> {
  const cache = new DiskCacheManager({ cacheRoot, maxSizeBytes });
  await cache.cleanup();
  const { problems } = await cache.check();
  if (problems.length > 0) faults.push(`an hour later cleanup leaves ${shown(problems)}`);
  const { sizeBytes } = await cache.getStats();
  cache.closeSync();
  const use: DiskUse = measureDiskUse(cache);
  if (sizeBytes !== use.liveBytes) faults.push(`statistics say ${sizeBytes} bytes, the disk says ${use.liveBytes}`);
  if (use.unexplained.length > 0) faults.push(`an hour later there is ${shown(use.unexplained)}`);
  if (use.dead > 0) faults.push(`an hour later ${use.dead} emptied sidecars are there`);
}

/** The first few of many. */
function shown(items: readonly unknown[]): string {
  return `${items.length}: ${JSON.stringify(items.slice(0, 5))}`;
}

function isAuditPlan(args: unknown): args is AuditPlan {
  return typeof args === 'object' && args !== null && 'ground' in args && 'copy' in args;
}

const args = programArguments();
if (!isAuditPlan(args)) throw new Error('the plan of an audit is missing');
void audit(args).then((found) => {
  report(found);
  hangUp();
});
