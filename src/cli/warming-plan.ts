/**
 * What `warm` is told to warm: a file of JSON.
 */

import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { CompilationProfile } from '../warming/index.ts';
import { CliError, EXIT } from './exit-codes.ts';

/** What there is to warm. Paths in it are relative to its folder. */
export interface WarmingPlan {
  /** Paths of layouts. */
  readonly layouts: readonly string[];
  readonly profiles: readonly CompilationProfile[];
}

const TEXTS = ['name', 'keymap', 'config', 'workspace', 'revision', 'output', 'buildFolder'] as const;
const LISTS = ['boards', 'shields', 'command', 'cmakeArgs', 'inputs', 'envNames', 'artifacts'] as const;
const NUMBERS = ['ttl'] as const;

/**
 * Reads a plan.
 * @param env the environment that its builds run in.
 * @throws a {@link CliError} that names the member that is wrong.
 */
export async function readWarmingPlan(path: string, env: NodeJS.ProcessEnv): Promise<WarmingPlan> {
  const fail = (reason: string): never => {
    throw new CliError(`${path}: ${reason}`, EXIT.usage);
  };
  const plan = members('the plan', parse(path, await readText(path)), ['layouts', 'profiles'], fail);
  const folder = dirname(resolve(path));
  const patterns = texts('layouts', plan['layouts'] ?? [], fail);
  const profiles = list('profiles', plan['profiles'] ?? [], fail).map((profile, index) =>
    readProfile(`profiles[${index}]`, profile, folder, env, fail),
  );
  if (patterns.length === 0 && profiles.length === 0) fail('there is nothing to warm; give layouts or profiles');
  return { layouts: await findLayouts(patterns, folder, fail), profiles };
}

/** Ends it with what is wrong. */
type Fail = (reason: string) => never;

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError(`the plan can't be read: ${error instanceof Error ? error.message : error}`, EXIT.usage);
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError(`${path} is not JSON: ${error instanceof Error ? error.message : error}`, EXIT.usage);
  }
}

/** A pattern that names nothing is more likely than not a slip. */
async function findLayouts(patterns: readonly string[], folder: string, fail: Fail): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    if (!isDynamicPattern(pattern)) {
      found.add(join(folder, pattern));
      continue;
    }
    const paths = await glob(pattern, { cwd: folder, absolute: true });
    if (paths.length === 0) fail(`layouts: ${JSON.stringify(pattern)} matches no file`);
    for (const path of paths.sort()) found.add(path);
  }
  return [...found];
}

function readProfile(
  where: string,
  value: unknown,
  folder: string,
  env: NodeJS.ProcessEnv,
  fail: Fail,
): CompilationProfile {
  const profile = members(where, value, [...TEXTS, ...LISTS, ...NUMBERS], fail);
  const text = (member: (typeof TEXTS)[number]): string | undefined => {
    const given = profile[member];
    if (given === undefined || typeof given === 'string') return given;
    return fail(`${where}.${member} must be a text, got ${inspect(given, { depth: 0 })}`);
  };
  const some = (member: (typeof LISTS)[number]) =>
    profile[member] === undefined ? undefined : texts(`${where}.${member}`, profile[member], fail);
  const { ttl } = profile;
  if (ttl !== undefined && typeof ttl !== 'number') fail(`${where}.ttl must be a number of seconds`);
  return {
    name: text('name'),
    keymap: text('keymap') ?? fail(`${where}.keymap is missing; name the keymap`),
    config: text('config'),
    options: {
      cwd: folder,
      env,
      boards: some('boards') ?? fail(`${where}.boards is missing; name the boards to build for`),
      shields: some('shields'),
      workspace: text('workspace'),
      revision: text('revision'),
      command: some('command'),
      cmakeArgs: some('cmakeArgs'),
      inputs: some('inputs'),
      envNames: some('envNames'),
      artifacts: some('artifacts'),
      output: text('output') ?? false,
      buildFolder: text('buildFolder'),
      ttl: typeof ttl === 'number' ? ttl : undefined,
    },
  };
}

function members(
  where: string,
  value: unknown,
  known: readonly string[],
  fail: Fail,
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail(`${where} must be an object, got ${inspect(value, { depth: 0 })}`);
  }
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) fail(`${where} has no member ${JSON.stringify(unknown)}; there are ${known.join(', ')}`);
  return Object.fromEntries(Object.entries(value));
}

function list(where: string, value: unknown, fail: Fail): readonly unknown[] {
  return Array.isArray(value) ? value : fail(`${where} must be a list, got ${inspect(value, { depth: 0 })}`);
}

function texts(where: string, value: unknown, fail: Fail): readonly string[] {
  return list(where, value, fail).map((item, index) =>
    typeof item === 'string' ? item : fail(`${where}[${index}] must be a text, got ${inspect(item, { depth: 0 })}`),
  );
}
