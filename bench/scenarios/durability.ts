import { runChild } from '../harness/children.ts';
import type { Scenario } from '../harness/scenario.ts';
import { Recorder } from '../harness/series.ts';

const ENTRIES = 20;

/** Not a race, but what makes the others fair: a set that is done later costs nothing now. */
export const durability: Scenario = {
  name: 'durability',
  about: 'the share of entries that a fresh process finds after the one that set them was killed',
  varies: 'nothing',
  run: async (bench) => {
    for (const { name, kind } of bench.entrants) {
      // The floor can't be opened again, and Python's process is not ours to kill.
      if (kind === 'floor' || kind === 'python') continue;
      bench.progress(`durability · ${name}`);
      const folder = bench.freshFolder(name);
      try {
        await setAndDie(name, folder);
        const answer = await runChild('killed', ['get', name, folder, `${ENTRIES}`]);
        if (typeof answer !== 'object' || answer === null || !('found' in answer)) throw new Error('no answer');
        const subject = { scenario: 'durability', operation: 'found after a kill', size: ENTRIES, contestant: name };
        const recorder = new Recorder(subject, '%');
        recorder.add([(Number(answer.found) / ENTRIES) * 100]);
        bench.record(recorder.finish());
        if (answer.found !== ENTRIES) throw new Error(`only ${answer.found} of ${ENTRIES} entries outlived a kill`);
      } catch (error) {
        bench.fail(name, 'durability', error);
      }
    }
  },
};

/** @throws if the process ended in another way than by its kill. */
async function setAndDie(name: string, folder: string): Promise<void> {
  try {
    await runChild('killed', ['set', name, folder, `${ENTRIES}`]);
  } catch (error) {
    if (error instanceof Error && 'signal' in error && error.signal === 'SIGKILL') return;
    throw error;
  }
  throw new Error('the process was not killed');
}
