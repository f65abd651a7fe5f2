/**
 * Processes that are killed at any moment.
 */

import { deepStrictEqual } from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { bundleProgram, ended } from '../../support/programs.ts';
import { createTempRoot } from '../../support/temp-root.ts';
import { Ledger } from '../programs/ledger.ts';
import { readProven } from '../programs/proven-value.ts';
import { seededRandom } from '../programs/random.ts';

const traffic = bundleProgram(new URL('../programs/traffic.ts', import.meta.url));
const KEYS = 8;
const KILLS = 24;

it('a killed process leaves each key with its old or its new value, and everybody else able to go on', async () => {
  const folder = createTempRoot();
  const cacheRoot = join(folder, 'cache');
  const ledgerPath = join(folder, 'ledger');
  mkdirSync(cacheRoot);
  writeFileSync(ledgerPath, '');
  const ledger = new Ledger(ledgerPath);
  const survivor = openCache({ cacheRoot });
  const random = seededRandom(4);

  for (let kill = 0; kill < KILLS; kill++) {
    const writer = traffic.startProcess({
      cacheRoot,
      ledger: ledgerPath,
      writer: 0,
      writers: 1,
      keys: KEYS,
      operations: -1,
      seed: kill,
      longest: 400_000,
    });
    const killed = ended(writer);
    const started = Array.from({ length: KEYS }, (_, key) => ledger.read(key).begun).join();
    // It is at work when the ledger changes; then it may be struck down at any time.
    while (Array.from({ length: KEYS }, (_, key) => ledger.read(key).begun).join() === started) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setTimeout(resolve, random() * 25));
    writer.kill('SIGKILL');
    await killed;

    const newcomer = openCache({ cacheRoot });
    const began = performance.now();
    for (let key = 0; key < KEYS; key++) {
      const { begun, done } = ledger.read(key);
      const [first, second] = [survivor.getSync(['n', key]), newcomer.getSync(['n', key])];
      deepStrictEqual(second, first);
      const version = first === undefined ? 0 : readProven(first).version;
      // A deletion leaves nothing, which is version 0 here.
      expect([Math.max(begun, 0), Math.max(done, 0)]).toContain(version);
      // The next one to be killed starts from what is there now.
      const settled = version > 0 ? version : -Math.max(Math.abs(begun), Math.abs(done));
      ledger.begin(key, settled);
      ledger.finish(key, settled);
    }
    survivor.setSync('survivor', kill);
    expect(newcomer.getSync('survivor')).toBe(kill);
    newcomer.setSync('newcomer', kill);
    expect(survivor.getSync('newcomer')).toBe(kill);
    expect(performance.now() - began).toBeLessThan(2000);
    newcomer.closeSync();
  }

  ledger.close();
  await survivor.check({ repair: true });
  await expectSound(survivor);
  expect(survivor.getStatsSync().errors).toBe(0);
});
