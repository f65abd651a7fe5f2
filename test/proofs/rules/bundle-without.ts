/**
 * Programs in which one rule of the protocol is missing.
 */

import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { buildProgram } from '../../support/programs.ts';
import { RULES, type Rule, type RuleName } from './rules.ts';

const ENGINE = fileURLToPath(new URL('../../../src/disk/', import.meta.url));

/** The source of the engine's file in which `rule` is missing. */
export function sourceWithout({ file, find, replace }: Rule): string {
  const source = readFileSync(join(ENGINE, file), 'utf8');
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`src/disk/${file} has ${parts.length - 1} times, not once: ${find}`);
  return parts.join(replace);
}

function withoutRule(rule: Rule): Plugin {
  const path = join(ENGINE, rule.file);
  return {
    name: 'without-rule',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, (args) =>
        args.path === path ? { contents: sourceWithout(rule), loader: 'ts' } : undefined,
      );
    },
  };
}

let folder: string | undefined;
const bundles = new Map<string, Promise<string>>();

function bundleFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(realpathSync(tmpdir()), 'glovebox-cache-rules-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  folder = made;
  return made;
}

/**
 * Bundles a TypeScript program into a file that plain Node runs, once for each program and rule.
 * @param rule the rule to be taken out; none for the engine as it is.
 * @returns the file's path; it is removed when this process ends.
 */
export function bundleWithout(rule: RuleName | undefined, program: URL): Promise<string> {
  const id = `${rule ?? ''} ${program.href}`;
  const known = bundles.get(id);
  if (known !== undefined) return known;
  const outfile = join(bundleFolder(), `${bundles.size}.cjs`);
  const plugins = rule === undefined ? [] : [withoutRule(RULES[rule])];
  const made = buildProgram(program, outfile, plugins).then(() => outfile);
  bundles.set(id, made);
  return made;
}
