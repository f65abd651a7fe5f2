/**
 * Runs the program of the states, and ends it when a state makes it hang.
 */

import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWithout } from '../rules/bundle-without.ts';
import type { RuleName } from '../rules/rules.ts';
import type { StatesArguments, StatesReport } from './states-program.ts';

const PROGRAM = new URL('./states-program.ts', import.meta.url);

/** No state takes so long, however busy the machine is, in milliseconds. */
const LONGEST_STATE_MS = 30_000;

/** A folder in memory where there is one: states are made of thousands of files. */
function makeRoot(): string {
  const parent = fs.existsSync('/dev/shm') ? '/dev/shm' : fs.realpathSync(tmpdir());
  return fs.mkdtempSync(join(parent, 'glovebox-cache-states-'));
}

/** Lives in generated states, with the engine as it is or without one of its rules. */
export async function runStates(
  settings: Omit<StatesArguments, 'root'>,
  rule?: RuleName,
  longestState = LONGEST_STATE_MS,
): Promise<StatesReport> {
  const root = makeRoot();
  try {
    const program = await bundleWithout(rule, PROGRAM);
    const { output, problem } = await run(program, { ...settings, root }, longestState);
    if (problem === undefined) return readReport(output);
    const current = join(root, 'current');
    const state = fs.existsSync(current) ? fs.readFileSync(current, 'utf8') : 'none';
    return { states: output.split('.').length - 1, failure: `${problem}, in state ${state}` };
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

interface Outcome {
  readonly output: string;
  readonly problem?: string;
}

function run(program: string, args: StatesArguments, longestState: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, JSON.stringify(args)], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    let hangs = false;
    const hang = () => {
      hangs = true;
      child.kill('SIGKILL');
    };
    let watch = setTimeout(hang, longestState);
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      clearTimeout(watch);
      watch = setTimeout(hang, longestState);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(watch);
      if (hangs) resolve({ output, problem: 'hangs' });
      else if (code !== 0) resolve({ output, problem: `ends with ${code ?? signal}: ${errors}` });
      else resolve({ output });
    });
  });
}

function readReport(output: string): StatesReport {
  const report: unknown = JSON.parse(output.slice(output.lastIndexOf('\n', output.length - 2)));
  if (typeof report !== 'object' || report === null || !('states' in report)) throw new Error(`no report: ${output}`);
  const states = Number(report.states);
  return 'failure' in report ? { states, failure: String(report.failure) } : { states };
}
