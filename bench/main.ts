/**
 * `npm run bench`: this cache beside every peer, in one run. `npm run bench -- --help` has the options.
 */

import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import bytes from 'bytes';
import { Command, InvalidArgumentError } from 'commander';
import { contestants } from './contestants/index.ts';
import { buildDistribution, installContestants } from './harness/packages.ts';
import { run } from './harness/run.ts';
import type { Effort } from './harness/scenario.ts';
import { createProgress } from './report/progress.ts';
import { contestantTable, failureLines, scenarioTables } from './report/terminal.ts';
import { scenarios } from './scenarios/index.ts';

interface Options {
  readonly scenario: readonly string[];
  readonly contestant: readonly string[];
  readonly sizes?: readonly number[];
  readonly rounds?: number;
  readonly quick: boolean;
  readonly full: boolean;
  readonly json?: string;
  readonly folder: string;
  readonly list: boolean;
}

const SIZES = [100, 1024, 32 * 1024, 1024 * 1024];

const program = new Command('npm run bench --')
  .description('Compares glovebox-cache with its peers, all in one run.')
  .option('-s, --scenario <name...>', 'only scenarios whose name contains one of these', [])
  .option('-c, --contestant <name...>', 'only contestants whose name contains one of these', [])
  .option('--sizes <list>', 'sizes of values, such as 100,1kb,32kb', parseSizes)
  .option('--rounds <number>', 'rounds per scenario', parseCount)
  .option('--quick', 'everything in little time, less exact', false)
  .option('--full', 'also a million entries, which takes many minutes', false)
  .option('--json <file>', 'write all figures to a file')
  .option('--folder <folder>', 'measure the file system of this folder', tmpdir())
  .option('--list', 'name scenarios and contestants, and run nothing', false)
  .action(main);

await program.parseAsync();

async function main(options: Options): Promise<void> {
  const chosenScenarios = scenarios.filter(({ name }) => matches(name, options.scenario));
  const chosenContestants = contestants.filter(({ name }) => matches(name, options.contestant));
  if (options.list) {
    for (const { name, about } of chosenScenarios) console.log(`scenario   ${name}: ${about}`);
    for (const { name, about } of chosenContestants) console.log(`contestant ${name}: ${about}`);
    return;
  }
  const say = (text: string): void => console.log(text);
  installContestants(say);
  buildDistribution(say);
  const progress = createProgress();
  const results = await run({
    contestants: chosenContestants,
    scenarios: chosenScenarios,
    effort: effortOf(options),
    place: options.folder,
    progress: progress.show,
    finished: (scenario, series) => progress.print(scenarioTables(scenario, series)),
  });
  progress.print(`\n${contestantTable(results.contestants)}`);
  if (results.failures.length > 0) progress.print(failureLines(results.failures));
  const { machine } = results;
  progress.print(
    `\nNode ${machine.node}, ${machine.cores} × ${machine.processor}, ${machine.fileSystem}; ${results.seconds} s. Compare within one run only.`,
  );
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 1)}\n`);
}

function effortOf({ quick, full, rounds, sizes }: Options): Effort {
  return {
    rounds: rounds ?? (quick ? 5 : 20),
    sizes: sizes ?? (quick ? [1024] : SIZES),
    turnMs: quick ? 5 : 12,
    prepareMs: quick ? 50 : 200,
    quick,
    full,
  };
}

function matches(name: string, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((part) => name.toLowerCase().includes(part.toLowerCase()));
}

function parseSizes(list: string): number[] {
  return list.split(',').map((part) => {
    const size = bytes(part.trim());
    if (size === null || size < 1) throw new InvalidArgumentError('sizes look like 100,1kb,32kb,1mb');
    return size;
  });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number of at least 1');
  return count;
}
