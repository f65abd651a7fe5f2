import type { Scenario } from '../harness/scenario.ts';
import { Recorder } from '../harness/series.ts';
import { createRandom, createZipf, keyFor } from '../harness/values.ts';

const CAPACITY = 500;
const VALUE_BYTES = 100;
const EXACT = 'exact LRU';
const SEED = 7;

/** Sequences of keys, each as some applications ask for them. */
const TRACES: Readonly<Record<string, (length: number) => number[]>> = {
  /** A few keys are asked for all the time. */
  zipf: (length) => {
    const choose = createZipf(CAPACITY * 10, 0.9, createRandom(SEED));
    return Array.from({ length }, choose);
  },
  /** A stable set of keys, with scans through keys that come once. */
  scans: (length) => {
    const choose = createZipf(CAPACITY * 2, 0.8, createRandom(SEED));
    let scanned = CAPACITY * 100;
    return Array.from({ length }, (_, at) => (at % 2000 < 400 ? scanned++ : choose()));
  },
  /** The same keys over and over, a few more than fit half of the time: the worst for LRU. */
  loop: (length) => {
    return Array.from({ length }, (_, at) =>
      Math.floor(at / 5000) % 2 === 0 ? at % (CAPACITY - 50) : at % (CAPACITY + 50),
    );
  },
  /** What is asked for moves on. */
  shifting: (length) => {
    const choose = createZipf(CAPACITY * 2, 0.7, createRandom(SEED));
    return Array.from({ length }, (_, at) => choose() + Math.floor(at / 20));
  },
};

export const hitRatio: Scenario = {
  name: 'hit ratio',
  about: `hits among reads, with room for ${CAPACITY} entries, beside an exact LRU of as many; a second passes between two accesses`,
  varies: 'entries',
  run: async (bench) => {
    const entrant = bench.entrants.find(({ kind }) => kind === 'ours');
    if (entrant === undefined) return;
    const length = bench.effort.accesses;
    for (const [trace, generate] of Object.entries(TRACES)) {
      bench.progress(`hit ratio · ${trace}`);
      const numbers = generate(length);
      const record = (contestant: string, ratio: number): void => {
        const subject = { scenario: 'hit ratio', operation: trace, size: CAPACITY, contestant };
        const recorder = new Recorder(subject, '%');
        recorder.add([ratio * 100]);
        bench.record(recorder.finish());
      };
      let now = Date.now();
      const store = await entrant.open(bench.freshFolder(`${entrant.name}-${trace}`), {
        memory: true,
        valueBytes: VALUE_BYTES,
        maxEntries: CAPACITY,
        clock: () => now,
      });
      try {
        if (store.face !== 'sync') continue;
        let hits = 0;
        for (const number of numbers) {
          now += 1000;
          const key = keyFor(number);
          const found = store.get(key);
          if (found === undefined) store.set(key, { id: number });
          else hits++;
        }
        record(entrant.name, hits / length);
      } catch (error) {
        bench.fail(entrant.name, 'hit ratio', error);
      } finally {
        await store.close();
      }
      record(EXACT, exactHits(numbers) / length);
    }
  },
};

/** Hits of a cache that always evicts the very least recently used. A Map lists its keys in order of insertion. */
function exactHits(numbers: readonly number[]): number {
  const held = new Set<number>();
  let hits = 0;
  for (const number of numbers) {
    if (held.delete(number)) hits++;
    held.add(number);
    if (held.size <= CAPACITY) continue;
    const [oldest] = held;
    if (oldest !== undefined) held.delete(oldest);
  }
  return hits;
}
