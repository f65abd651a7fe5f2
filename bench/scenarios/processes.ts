import { Child } from '../harness/children.ts';
import { filledFolder } from '../harness/filled.ts';
import { rotated } from '../harness/rounds.ts';
import type { Bench, Entrant, Scenario } from '../harness/scenario.ts';
import { Recorder } from '../harness/series.ts';

const VALUE_BYTES = 1024;
const ENTRIES = 1000;
const PROCESSES = [1, 2, 4];
const OPERATIONS = ['read', 'write'] as const;

interface Team {
  readonly entrant: Entrant;
  readonly children: readonly Child[];
  readonly recorders: Map<string, Recorder>;
}

export const processes: Scenario = {
  name: 'processes',
  about:
    'several processes at once on one store: operations a second of all together; reads as they come, sets of new keys',
  varies: 'processes',
  run: async (bench) => {
    const teams: Team[] = [];
    const { processRounds: rounds, processMs: ms } = bench.effort;
    try {
      for (const entrant of bench.entrants) {
        const { kind, lacks, name } = entrant;
        if ((kind !== 'ours' && kind !== 'native') || lacks.includes('processes') || name === 'glovebox async')
          continue;
        bench.progress(`processes · preparing ${name}`);
        try {
          teams.push(await startTeam(bench, entrant));
        } catch (error) {
          bench.fail(name, 'processes', error);
        }
      }
      // The first does not count: it shows the code to the compilers of all processes.
      for (let round = -1; round < rounds; round++) {
        for (const team of rotated([...teams], Math.max(0, round))) {
          try {
            await takeTurn(bench, team, round, ms);
          } catch (error) {
            teams.splice(teams.indexOf(team), 1);
            await stopTeam(team);
            bench.fail(team.entrant.name, 'processes', error);
          }
        }
      }
      for (const { recorders } of teams) for (const recorder of recorders.values()) bench.record(recorder.finish());
    } finally {
      for (const team of teams) await stopTeam(team);
    }
  },
};

async function startTeam(bench: Bench, entrant: Entrant): Promise<Team> {
  const folder = await filledFolder(bench, entrant, ENTRIES, VALUE_BYTES, 'processes');
  const children: Child[] = [];
  const team = { entrant, children, recorders: new Map<string, Recorder>() };
  try {
    for (let number = 0; number < Math.max(...PROCESSES); number++) {
      const child = await Child.start('worker');
      children.push(child);
      await child.ask({
        do: 'open',
        contestant: entrant.name,
        folder,
        valueBytes: VALUE_BYTES,
        filled: ENTRIES,
        number,
      });
    }
    return team;
  } catch (error) {
    await stopTeam(team);
    throw error;
  }
}

async function takeTurn(
  bench: Bench,
  { entrant, children, recorders }: Team,
  round: number,
  ms: number,
): Promise<void> {
  for (const operation of OPERATIONS) {
    for (const count of PROCESSES) {
      bench.progress(`processes · ${entrant.name}: ${count} that ${operation}`);
      const answers = await Promise.all(children.slice(0, count).map((child) => child.ask({ do: operation, ms })));
      const total = answers.reduce((sum, { rate }) => sum + Number(rate), 0);
      if (round < 0) continue;
      const label = `${operation}|${count}`;
      let recorder = recorders.get(label);
      if (recorder === undefined) {
        const subject = { scenario: 'processes', operation, size: count, contestant: entrant.name };
        recorder = new Recorder(subject, 'ops/s');
        recorders.set(label, recorder);
      }
      recorder.add([total]);
    }
  }
}

async function stopTeam({ children }: Team): Promise<void> {
  for (const child of children) await child.stop();
}
