/**
 * Several processes and several threads on one tag.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { bundleProgram, nextMessage } from '../../support/programs.ts';
import { listEntryFiles } from '../../support/store-files.ts';
import { createTempRoot } from '../../support/temp-root.ts';
import { Ledger } from '../programs/ledger.ts';
import { readProven } from '../programs/proven-value.ts';
import type { TrafficArguments, TrafficReport } from '../programs/traffic.ts';

const contention = bundleProgram(new URL('../programs/contention.ts', import.meta.url));
const fewDescriptors = bundleProgram(new URL('../programs/few-descriptors.ts', import.meta.url));
const forgotten = bundleProgram(new URL('../programs/forgotten.ts', import.meta.url));
const traffic = bundleProgram(new URL('../programs/traffic.ts', import.meta.url));

/** A cache folder and a ledger beside it. */
function makeGround() {
  const folder = createTempRoot();
  const cacheRoot = join(folder, 'cache');
  const ledger = join(folder, 'ledger');
  mkdirSync(cacheRoot);
  writeFileSync(ledger, '');
  return { cacheRoot, ledger };
}

type Runner = 'process' | 'thread';

/** Runs the writers at the same time and gives what each found. */
async function runTraffic(
  runners: readonly Runner[],
  args: Omit<TrafficArguments, 'writer' | 'writers'>,
): Promise<TrafficReport[]> {
  const running = runners.map((runner, writer) => {
    const own = { ...args, writer, writers: runners.length, seed: args.seed + writer };
    return runner === 'process' ? traffic.startProcess(own) : traffic.startThread(own);
  });
  const reports = await Promise.all(running.map(nextMessage));
  return reports.map(asReport);
}

function asReport(message: unknown): TrafficReport {
  const isReport = (candidate: unknown): candidate is TrafficReport =>
    typeof candidate === 'object' && candidate !== null && 'hits' in candidate && 'wrong' in candidate;
  if (!isReport(message)) throw new Error(`not a report: ${JSON.stringify(message)}`);
  return message;
}

const crowds: [string, Runner[]][] = [
  ['three processes', ['process', 'process', 'process']],
  ['two processes and two threads', ['process', 'thread', 'process', 'thread']],
];

describe.each(crowds)('%s on one tag', (_name, runners) => {
  it('read only whole values, never one older than the last set that returned, and lose none', async () => {
    const ground = makeGround();
    const keys = 12;
    const reports = await runTraffic(runners, { ...ground, keys, operations: 1200, seed: 1, longest: 300_000 });
    for (const found of reports) {
      expect(found).toMatchObject({ wrong: [], lost: 0, errors: 0 });
      expect(found.hits).toBeGreaterThan(100);
    }
    const cache = openCache({ cacheRoot: ground.cacheRoot });
    const ledger = new Ledger(ground.ledger);
    let live = 0;
    for (let key = 0; key < keys; key++) {
      const { done } = ledger.read(key);
      const value = cache.getSync(['n', key]);
      if (done > 0) {
        expect(readProven(value)).toMatchObject({ key, version: done });
        live++;
      } else expect(value).toBeUndefined();
    }
    ledger.close();
    expect(cache.keysSync()).toHaveLength(live);
    expect(listEntryFiles(cache)).toHaveLength(live);
    await expectSound(cache);
  });

  it('stay within a limit that is far too small for them, and still never read what is torn or old', async () => {
    const ground = makeGround();
    const maxSizeBytes = 200_000;
    const reports = await runTraffic(runners, {
      ...ground,
      keys: 60,
      operations: 700,
      seed: 2,
      longest: 60_000,
      maxSizeBytes,
    });
    for (const found of reports) expect(found).toMatchObject({ wrong: [], errors: 0 });
    const cache = openCache({ cacheRoot: ground.cacheRoot, maxSizeBytes });
    expect(cache.getStatsSync().sizeBytes).toBeLessThanOrEqual(maxSizeBytes);
    expect(listEntryFiles(cache)).toHaveLength(cache.keysSync().length);
    await expectSound(cache);
  });
});

describe('three processes and two threads that all write the same keys', () => {
  it('never see a value come back that was replaced, and agree in the end', async () => {
    const { cacheRoot } = makeGround();
    const args = { cacheRoot, keys: 4, operations: 600 };
    const running = [0, 1, 2, 3, 4].map((writer) =>
      writer < 3 ? contention.startProcess({ ...args, writer }) : contention.startThread({ ...args, writer }),
    );
    await Promise.all(running.map(nextMessage));
    const reports = running.map(nextMessage);
    for (const runner of running) {
      if (runner instanceof Worker) runner.postMessage('tell');
      else runner.send('tell');
    }
    const cache = openCache({ cacheRoot });
    const seen = Array.from({ length: args.keys }, (_, key) => {
      const value = cache.getSync(['n', key]);
      return value === undefined ? 'nothing' : `${readProven(value).version} by ${readProven(value).writer}`;
    });
    expect(await Promise.all(reports)).toEqual(running.map(() => ({ wrong: [], seen })));
    expect(listEntryFiles(cache)).toHaveLength(cache.keysSync().length);
    await expectSound(cache);
  });
});

describe('descriptors', () => {
  it('that have run out make reads misses and sets fail, and cost nothing that was stored', async () => {
    const { cacheRoot } = makeGround();
    const found = await nextMessage(fewDescriptors.startProcess({ cacheRoot }, { descriptors: 60 }));
    expect(found).toMatchObject({
      without: { get: 'undefined', exists: expect.stringMatching(/true|false/), set: 'CacheWriteError' },
      after: 'value',
    });
    await expectSound(openCache({ cacheRoot }));
  });

  it('of caches that nobody closed are given back when they are collected', async () => {
    const { cacheRoot } = makeGround();
    const found = await nextMessage(forgotten.startProcess({ cacheRoot }, { collectable: true }));
    expect(found).toMatchObject({ left: 0 });
  });

  it('are all given back when a cache is closed', async () => {
    const ground = makeGround();
    // Threads share a process's descriptors, so one process alone is looked at.
    const [found] = await runTraffic(['process'], {
      ...ground,
      keys: 20,
      operations: 700,
      seed: 3,
      longest: 2_000_000,
    });
    expect(found).toMatchObject({ wrong: [], lost: 0, leaked: 0 });
  });
});
