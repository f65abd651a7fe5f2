import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { childProgram, runChild } from '../harness/children.ts';
import { packageModule } from '../harness/dist.ts';
import { filledFolder } from '../harness/filled.ts';
import { rotated } from '../harness/rounds.ts';
import type { Bench, Entrant, Scenario } from '../harness/scenario.ts';
import { Recorder } from '../harness/series.ts';

const VALUE_BYTES = 1024;
const BARE = 'bare node';

export const imports: Scenario = {
  name: 'import',
  about:
    'importing the package in a fresh process (better-sqlite3 and lmdb load their binaries later), and that process as a whole',
  varies: 'nothing',
  run: async (bench) => {
    const specifiers = new Map<string, string | undefined>([[BARE, undefined]]);
    const seen = new Set<string>();
    for (const { name, packageName } of bench.entrants) {
      if (packageName === undefined || seen.has(packageName)) continue;
      seen.add(packageName);
      specifiers.set(name, packageName === 'glovebox-cache' ? packageModule().href : packageName);
    }
    const recorders = new Map<string, readonly [inside: Recorder, whole: Recorder]>();
    const rounds = bench.effort.freshProcesses;
    for (let round = 0; round < rounds; round++) {
      bench.progress(`import · round ${round + 1} of ${rounds}`);
      for (const [contestant, specifier] of rotated([...specifiers], round)) {
        const subject = { scenario: 'import', size: 0, contestant };
        const [inside, whole] = recorders.get(contestant) ?? [
          new Recorder({ ...subject, operation: 'import' }, 'ms'),
          new Recorder({ ...subject, operation: 'whole process' }, 'ms'),
        ];
        recorders.set(contestant, [inside, whole]);
        try {
          const figures = await importFresh(specifier);
          if (specifier !== undefined) inside.add([figures.inside]);
          whole.add([figures.whole]);
        } catch (error) {
          bench.fail(contestant, 'import', error);
        }
      }
    }
    for (const [inside] of recorders.values()) bench.record(inside.finish());
    for (const [, whole] of recorders.values()) bench.record(whole.finish());
  },
};

/** Imports a module in a fresh process; milliseconds. */
async function importFresh(
  specifier: string | undefined,
): Promise<{ readonly inside: number; readonly whole: number }> {
  const program = await childProgram('import');
  const args = specifier === undefined ? [program] : [program, specifier];
  const started = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return { inside: Number(stdout), whole: performance.now() - started };
}

export const firstUse: Scenario = {
  name: 'first use',
  about: 'in a fresh process with the library loaded: opening a store with many entries, and the first get or set',
  varies: 'entries',
  run: async (bench) => {
    const { entries, freshProcesses } = bench.effort;
    for (const count of entries) await measureFirstUse(bench, count, freshProcesses);
  },
};

async function measureFirstUse(bench: Bench, entries: number, rounds: number): Promise<void> {
  const entrants: Entrant[] = [];
  for (const entrant of bench.entrants) {
    if (!canReopen(entrant)) continue;
    try {
      await filledFolder(bench, entrant, entries, VALUE_BYTES);
      entrants.push(entrant);
    } catch (error) {
      bench.fail(entrant.name, 'first use', error);
    }
  }
  for (const operation of ['get', 'set'] as const) {
    const recorders = new Map<string, Recorder>();
    for (let round = 0; round < rounds; round++) {
      bench.progress(`first use · ${operation} with ${entries} entries, round ${round + 1} of ${rounds}`);
      for (const entrant of rotated(entrants, round)) {
        const { name: contestant } = entrant;
        const subject = { scenario: 'first use', operation: `first ${operation}`, size: entries, contestant };
        const recorder = recorders.get(contestant) ?? new Recorder(subject);
        recorders.set(contestant, recorder);
        try {
          const folder = await filledFolder(bench, entrant, entries, VALUE_BYTES);
          // Sets are of new keys; far from those of other scenarios, which use the same folder.
          const number = operation === 'get' ? (round * 7919) % entries : 500_000_000 + round;
          const answer = await runChild('first-use', [contestant, folder, operation, `${number}`, `${VALUE_BYTES}`]);
          if (typeof answer !== 'object' || answer === null || !('total' in answer)) throw new Error('no answer');
          recorder.add([Number(answer.total)]);
        } catch (error) {
          bench.fail(contestant, 'first use', error);
        }
      }
    }
    for (const recorder of recorders.values()) bench.record(recorder.finish());
  }
}

/** Whether a contestant can open what it stored before, fast enough to be filled. */
export function canReopen({ kind, lacks, name }: Entrant): boolean {
  return (kind === 'ours' || kind === 'native') && !lacks.includes('processes') && name !== 'glovebox async';
}
