/**
 * Every system call of every operation as a crash point, as a moment to be overtaken in, and as an I/O error.
 *
 * `npm run test:crash -- --operation overwrite`
 */

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { canTrace } from '../../support/strace.ts';
import { bundleWithout } from '../rules/bundle-without.ts';
import { RULES, type RuleName } from '../rules/rules.ts';
import { FATE_KINDS, type FateKind, nameOfFate, type Point } from './fates.ts';
import { SCENARIOS } from './scenarios.ts';
import { type Result, Seeds } from './strike.ts';
import { pointsToTry, runPoints, type Sweep } from './sweep.ts';

interface Options {
  readonly operation?: string[];
  readonly errors?: boolean;
  readonly fate?: string;
  readonly at?: string;
  readonly every: number;
  readonly seed: number;
  readonly without?: RuleName;
  readonly json?: boolean;
  readonly root: string;
}

/** After so many faults the rest would tell nothing new. */
const ENOUGH_FAULTS = 20;

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('must be a whole number');
  return value;
}

function kindsOf({ errors, fate }: Options): readonly FateKind[] {
  if (fate === undefined) return errors ? ['refused'] : FATE_KINDS.filter((kind) => kind !== 'refused');
  return [FATE_KINDS.find((kind) => kind === fate) ?? 'refused'];
}

/** Whether a point is one that was asked for by `--fate` and `--at`. */
function isWanted({ fate, at }: Options, point: Point): boolean {
  if (fate !== undefined && nameOfFate(point.fate) !== fate) return false;
  return at === undefined || `${point.call}:${point.occurrence}` === at;
}

function describe({ point, wrong }: Result, without: string | undefined): string {
  const { scenario, call, occurrence, text, fate } = point;
  const options = [
    `--operation ${scenario} --at ${call}:${occurrence} --fate ${nameOfFate(fate)}`,
    ...(without === undefined ? [] : [`--without ${without}`]),
  ];
  return [
    `${scenario}, ${nameOfFate(fate)} at ${call}(${text.slice(0, 160)}`,
    ...wrong.map((fault) => `  ${fault}`),
    `  again: npm run test:crash -- ${options.join(' ')}`,
  ].join('\n');
}

async function main(options: Options): Promise<number> {
  if (!canTrace()) throw new Error('strace is missing, or may not trace');
  const folder = mkdtempSync(join(realpathSync(options.root), 'glovebox-cache-crash-'));
  const say = options.json ? () => {} : (text: string) => process.stdout.write(text);
  const sweep: Sweep = {
    program: await bundleWithout(options.without, new URL('./victim.ts', import.meta.url)),
    seeds: new Seeds(folder),
    kinds: kindsOf(options),
    every: options.every,
    seed: options.seed,
  };
  const operations: Record<string, number> = {};
  const faults: Result[] = [];
  let tried = 0;
  let missed = 0;
  const began = performance.now();
  try {
    for (const name of options.operation ?? Object.keys(SCENARIOS)) {
      const points = pointsToTry(sweep, name).filter((point) => isWanted(options, point));
      let done = 0;
      await runPoints(sweep, points, (result) => {
        done++;
        if (result.struck) tried++;
        else {
          missed++;
          const { call, occurrence, fate } = result.point;
          say(`\rnot met: ${name}, ${nameOfFate(fate)} at ${call}:${occurrence}\n`);
        }
        if (result.wrong.length > 0) {
          faults.push(result);
          say(`\r${describe(result, options.without)}\n`);
        }
        if (process.stdout.isTTY) say(`\r${name}: ${done} of ${points.length} `);
        return faults.length < ENOUGH_FAULTS;
      });
      operations[name] = points.length;
      say(`${process.stdout.isTTY ? '\r' : ''}${name}: ${points.length} points\n`);
      if (faults.length >= ENOUGH_FAULTS) break;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  if (options.json) console.log(JSON.stringify({ tried, missed, seconds, operations, faults }, undefined, 2));
  say(`${tried} points in ${seconds} s, ${missed} not met, ${faults.length} faults\n`);
  return faults.length > 0 || tried === 0 ? 1 : 0;
}

function ruleName(text: string): RuleName {
  if (isRule(text)) return text;
  throw new InvalidArgumentError('is no rule of the protocol; see test/proofs/rules/rules.ts');
}

function isRule(name: string): name is RuleName {
  return Object.hasOwn(RULES, name);
}

const command = new Command('test:crash')
  .description('Strikes every operation of the cache at each of its system calls, and looks at what is left.')
  .addOption(new Option('--operation <names...>', 'only these').choices(Object.keys(SCENARIOS)))
  .option('--errors', 'let calls fail, instead of killing and stopping the process')
  .option('--fate <name>', 'only this: killed, overtaken-and-killed, overtaken, or an error such as EIO; EIO+ lasts')
  .option('--at <call:n>', 'only at this call')
  .option('--every <n>', 'only each n-th point', whole, 1)
  .option('--seed <n>', 'which of n', whole, 0)
  .option('--without <rule>', 'let the struck process lack a rule of the protocol', ruleName)
  .option('--root <folder>', 'where to work', tmpdir())
  .option('--json', 'print one JSON document')
  .action(async (options: Options) => {
    process.exitCode = await main(options);
  });

await command.parseAsync();
