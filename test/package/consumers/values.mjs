// Prints the names of the values that a second instance reads otherwise than the first one wrote them.
import { deepStrictEqual } from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createDiskCacheManager } from 'glovebox-cache';

const cycle = { name: 'cycle' };
cycle.self = cycle;
const values = {
  text: 'Grüße, 世界 🧤',
  json: { a: [1, null, true, { b: 'c' }], d: {} },
  bytes: Buffer.from([0, 255, 10, 13]),
  typed: new Float64Array([Math.PI, -0, Number.NaN]),
  map: new Map([[{ key: 1 }, new Set(['a'])]]),
  date: new Date(86_400_000),
  big: 2n ** 80n,
  nothing: { it: undefined },
  minusZero: -0,
  cycle,
};

const options = { cacheRoot: process.argv[2], tag: 'values' };
const writer = createDiskCacheManager(options);
for (const [name, value] of Object.entries(values)) writer.setSync(name, value);
writer.closeSync();

const reader = createDiskCacheManager(options);
const wrong = Object.entries(values).filter(([name, value]) => {
  try {
    return deepStrictEqual(reader.getSync(name), value);
  } catch {
    return true;
  }
});
reader.closeSync();
console.log(JSON.stringify(wrong.map(([name]) => name)));
