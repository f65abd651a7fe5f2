/**
 * `npm run test:soak -- --minutes 5`: uses a cache in every way, by processes that die in every way, and says what was
 * found. Exits with 1 if anything was wrong.
 */

import { Command, InvalidArgumentError } from 'commander';
import { OPERATIONS } from './latencies.ts';
import { runSoak, type SoakProgress, type SoakReport } from './soak.ts';

interface Flags {
  readonly minutes?: number;
  readonly seconds?: number;
  readonly operations?: number;
  readonly processes: number;
  readonly keys: number;
  readonly limit: number;
  readonly longest: number;
  readonly seed: number;
  readonly life?: number;
  readonly root?: string;
  readonly deaths: boolean;
  readonly json?: boolean;
}

const DEFAULT_SECONDS = 60;
const MEGABYTE = 2 ** 20;

function positive(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('must be a positive number');
}

const program = new Command('test:soak')
  .option('--minutes <minutes>', 'how long', positive)
  .option('--seconds <seconds>', `how long (default: ${DEFAULT_SECONDS})`, positive)
  .option('--operations <count>', 'end when so many operations are done, however long that takes', positive)
  .option('--processes <count>', 'how many processes at once, each with two seats and a thread', positive, 3)
  .option('--keys <count>', 'how many keys', positive, 600)
  .option('--limit <megabytes>', 'the limit of the cache', positive, 8)
  .option('--longest <bytes>', 'length of the longest value', positive, MEGABYTE)
  .option('--life <seconds>', 'how long a process lives at the most before it is struck down (default: 2.5)', positive)
  .option('--seed <number>', 'what the choices come from', positive, (Date.now() % 1_000_000) + 1)
  .option('--root <folder>', 'where to make the folder (default: the temporary folder)')
  .option('--no-deaths', 'let no process and no thread be struck down, and no index be lost')
  .option('--json', 'print the report as JSON');

const flags = program.parse().opts<Flags>();
const seconds = flags.minutes === undefined ? flags.seconds : flags.minutes * 60;
const report = await runSoak({
  seconds: seconds ?? (flags.operations === undefined ? DEFAULT_SECONDS : Number.POSITIVE_INFINITY),
  operations: flags.operations,
  processes: flags.processes,
  keys: flags.keys,
  maxSizeBytes: flags.limit * MEGABYTE,
  longest: flags.longest,
  seed: flags.seed,
  deaths: flags.deaths,
  life: flags.life,
  root: flags.root,
  onProgress: flags.json ? undefined : print,
});
if (flags.json) console.log(JSON.stringify(report, undefined, 2));
else summarise(report);
process.exitCode = report.faults.length === 0 ? 0 : 1;

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

function print({ seconds, operations, deaths, use, faults }: SoakProgress): void {
  console.log(
    `${seconds.toFixed(0).padStart(5)} s  ${operations} operations, ${deaths} processes ended; ` +
      `${use.live} entries in ${megabytes(use.liveBytes)}, index ${megabytes(use.indexBytes)}, ` +
      `${use.unexplained.length} files of others in ${megabytes(use.unexplainedBytes)}, ${faults} faults`,
  );
}

function summarise({ operations, seconds, ends, latencies, peaks, survivors, audit, faults }: SoakReport): void {
  console.log(`\nseed ${flags.seed}: ${operations} operations in ${seconds.toFixed(0)} s`);
  console.log(
    'processes ended with',
    ends,
    'and threads terminated',
    survivors.reduce((sum, { terminated }) => sum + terminated, 0),
  );
  console.table(Object.fromEntries(OPERATIONS.map((name) => [`${name}, ms`, latencies[name]])));
  console.log('peaks:', peaks);
  for (const { health } of survivors) {
    const [first, last] = [health[Math.floor(health.length / 3)], health.at(-1)];
    console.log('a survivor held', first, 'after a third of the time and', last, 'at the end');
  }
  if (audit !== undefined) {
    const { before, after, leftovers } = audit;
    console.log(`when all had stopped ${before.live} entries in ${megabytes(before.liveBytes)}`);
    console.log('left by those who died:', leftovers, `in ${megabytes(before.unexplainedBytes)}`);
    console.log(
      `at the end ${after.live} entries in ${megabytes(after.liveBytes)}, index ${after.indexBytes} bytes, files of nobody: ${after.unexplained.length}`,
    );
  }
  for (const fault of faults) console.log(`WRONG: ${fault}`);
  console.log(faults.length === 0 ? 'nothing is wrong' : `${faults.length} faults`);
}
