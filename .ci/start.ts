/**
 * `npm start`: builds this repository through the cache twice, in a fresh cache root: once for real, once replayed.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dist, repository } from './build/entries.ts';

const tsx = createRequire(import.meta.url).resolve('tsx/cli');
const root = mkdtempSync(join(tmpdir(), 'glovebox-cache-start-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));

const build = [
  ...['exec', '--tag', 'build'],
  ...['src/**', '.ci/build/**', 'package.json', 'package-lock.json', 'tsconfig.json'].flatMap((g) => ['--input', g]),
  ...['--output', `${dist}/**`],
  ...['--', 'npm', 'run', '--silent', 'build'],
];

heading('1. Cold: the cache is empty, so the build runs and what it makes is stored.');
command(...build);
const made = digest();

heading(`2. Warm: ${dist}/ is deleted and the same command given again. Nothing is built: its files, their modes and
   its output come from the cache.`);
rmSync(join(repository, dist), { recursive: true });
command(...build);
if (digest() !== made) throw new Error(`The replayed ${dist}/ differs from the one that was built.`);
console.log(`${dist}/ is back, byte for byte.`);

heading('3. What the cache holds now.');
command('show');

function heading(text: string): void {
  console.log(`\n${text}\n`);
}

/** Runs `glovebox-cache` from its source, since the first run is what builds it. */
function command(...args: readonly string[]): void {
  console.log(`$ glovebox-cache ${args.map((arg) => (arg.includes('*') ? `'${arg}'` : arg)).join(' ')}`);
  const { status } = spawnSync(process.execPath, [tsx, join('src', 'cli', 'main.ts'), '--root', root, ...args], {
    cwd: repository,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** A digest of the names and contents of everything in `dist`. */
function digest(): string {
  const folder = join(repository, dist);
  const sum = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name);
    if (statSync(path).isFile()) sum.update(`${name}\0`).update(readFileSync(path));
  }
  return sum.digest('hex');
}
