/**
 * `npm run bench`: this cache beside every peer, in one run. `npm run bench -- --help` has the options.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import bytes from 'bytes';
import { Command, InvalidArgumentError } from 'commander';
import { contestants } from './contestants/index.ts';
import { PACKAGE_VARIABLE } from './harness/dist.ts';
import { type Effort, MANY_ENTRIES, QUICK, STANDARD } from './harness/effort.ts';
import { type Judgement, judge } from './harness/judge.ts';
import { buildDistribution, installContestants } from './harness/packages.ts';
import type { JudgedResults, Results } from './harness/results.ts';
import { run } from './harness/run.ts';
import { markdownReport } from './report/markdown.ts';
import { writePlots } from './report/plots.ts';
import { createProgress } from './report/progress.ts';
import { targetTable } from './report/targets.ts';
import { contestantTable, failureLines, scenarioTables } from './report/terminal.ts';
import { scenarios } from './scenarios/index.ts';
import { targets } from './targets.ts';

interface Options {
  readonly scenario: readonly string[];
  readonly contestant: readonly string[];
  readonly sizes?: readonly number[];
  readonly rounds?: number;
  readonly quick: boolean;
  readonly full: boolean;
  readonly json?: string;
  readonly svg?: string;
  readonly markdown?: string;
  readonly results: boolean;
  readonly folder: string;
  readonly keep: boolean;
  readonly package?: string;
  readonly list: boolean;
}

const RESULTS = fileURLToPath(new URL('results/', import.meta.url));

const program = new Command('npm run bench --')
  .description('Compares glovebox-cache with its peers, all in one run.')
  .option('-s, --scenario <name...>', 'only scenarios whose name contains one of these', [])
  .option('-c, --contestant <name...>', 'only contestants whose name contains one of these', [])
  .option('--sizes <list>', 'sizes of values, such as 100,1kb,32kb', parseSizes)
  .option('--rounds <number>', 'rounds per scenario', parseCount)
  .option('--quick', 'everything in little time, less exact', false)
  .option('--full', 'also a million entries, which takes many minutes', false)
  .option('--json <file>', 'write all figures to a file')
  .option('--svg <folder>', 'write plots to a folder')
  .option('--markdown <file>', 'write the tables to a file')
  .option('--results', 'write all three into bench/results', false)
  .option('--folder <folder>', 'measure the file system of this folder', tmpdir())
  .option('--keep', 'leave what was written, so that the next run finds the file system at rest', false)
  .option('--package <file>', 'measure this build of the package in the place of dist/index.js')
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
  if (options.package === undefined) buildDistribution(say);
  else process.env[PACKAGE_VARIABLE] = resolve(options.package);
  const progress = createProgress();
  const results = await run({
    contestants: chosenContestants,
    scenarios: chosenScenarios,
    effort: effortOf(options),
    place: options.folder,
    keep: options.keep,
    progress: progress.show,
    warn: (text) => progress.print(`! ${text}`),
    finished: (scenario, series) => progress.print(scenarioTables(scenario, series)),
  });
  const judgements = judge(targets(results.machine.cores), results.series, results.contestants);
  progress.print(`\n${contestantTable(results.contestants)}`);
  progress.print(`\n${targetTable(judgements)}`);
  if (results.failures.length > 0) progress.print(failureLines(results.failures));
  const { machine } = results;
  progress.print(
    `\nNode ${machine.node}, ${machine.cores} × ${machine.processor}, ${machine.fileSystem}; ${results.seconds} s. Compare within one run only.`,
  );
  await write(options, results, judgements);
}

async function write(options: Options, results: Results, judgements: readonly Judgement[]): Promise<void> {
  const into = (name: string): string | undefined => (options.results ? join(RESULTS, name) : undefined);
  if (options.results) mkdirSync(RESULTS, { recursive: true });
  const json = options.json ?? into('results.json');
  const markdown = options.markdown ?? into('results.md');
  const svg = options.svg ?? into('.');
  const judged: JudgedResults = { ...results, targets: judgements };
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(judged)}\n`);
  if (markdown !== undefined) writeFileSync(markdown, markdownReport(results, judgements, scenarios));
  if (svg !== undefined) await writePlots(results, svg);
}

function effortOf({ quick, full, rounds, sizes }: Options): Effort {
  const effort = quick ? QUICK : STANDARD;
  return {
    ...effort,
    ...(rounds === undefined ? {} : { rounds }),
    ...(sizes === undefined ? {} : { sizes }),
    ...(full ? { entries: [...effort.entries, MANY_ENTRIES] } : {}),
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
