/**
 * The long form: all scenes over and over, for as long as one likes.
 *
 * `tsx test/proofs/linearizability/main.ts --minutes 5`
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { bundleWithout } from '../rules/bundle-without.ts';
import { RULES, type RuleName } from '../rules/rules.ts';
import { runScene } from './run.ts';
import { SCENES, type SceneName } from './scenes.ts';
import type { Scene } from './workload.ts';

interface Options {
  readonly minutes: number;
  readonly seconds: number;
  readonly seed: number;
  readonly root: string;
  readonly scene?: SceneName[];
  readonly without?: RuleName;
  readonly keepGoing?: boolean;
}

function number(text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('must be a number');
  return value;
}

function ruleName(text: string): RuleName {
  if (isRule(text)) return text;
  throw new InvalidArgumentError('is no rule of the protocol; see test/proofs/rules/rules.ts');
}

function isScene(name: string): name is SceneName {
  return Object.hasOwn(SCENES, name);
}

function sceneNames(text: string, chosen: SceneName[] = []): SceneName[] {
  if (isScene(text)) return [...chosen, text];
  throw new InvalidArgumentError(`is no scene; there are ${Object.keys(SCENES).join(', ')}`);
}

function isRule(name: string): name is RuleName {
  return Object.hasOwn(RULES, name);
}

async function main({ minutes, seconds, seed, root, scene: chosen, without, keepGoing }: Options): Promise<number> {
  const bundle = await bundleWithout(without, new URL('./client.ts', import.meta.url));
  const names = chosen ?? Object.keys(SCENES).filter(isScene);
  const deadline = performance.now() + (minutes * 60 + seconds) * 1000;
  mkdirSync(root, { recursive: true });
  let operations = 0;
  let kills = 0;
  let failures = 0;
  for (let run = 0; run === 0 || performance.now() < deadline; run++) {
    const name = names[run % names.length];
    if (name === undefined) throw new Error('there are no scenes');
    const scene: Scene = SCENES[name];
    const folder = mkdtempSync(join(root, 'linearizability-'));
    const began = performance.now();
    const findings = await runScene(scene, bundle, folder, seed + run);
    operations += findings.operations;
    kills += findings.kills;
    const time = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${name}: ${findings.operations} operations, ${findings.kills} kills, ${time} s, seed ${seed + run}`);
    if (findings.wrong.length === 0) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    failures++;
    console.log(findings.wrong.join('\n'), `\nkept in ${folder}`);
    if (!keepGoing) break;
  }
  console.log(`${operations} operations, ${kills} kills, ${failures} runs in which something was wrong`);
  return failures;
}

const command = new Command()
  .description('records histories of several processes and threads, and checks that they are linearizable')
  .option('--minutes <number>', 'how long', number, 0)
  .option('--seconds <number>', 'how long, added to the minutes', number, 0)
  .option('--seed <number>', 'of the first run; each run has the next', number, 1)
  .option('--root <folder>', 'where to work', tmpdir())
  .option('--scene <name...>', 'only these scenes', sceneNames)
  .option('--without <rule>', 'take a rule of the protocol out', ruleName)
  .option('--keep-going', 'go on after something was wrong')
  .parse();
process.exitCode = (await main(command.opts<Options>())) === 0 ? 0 : 1;
