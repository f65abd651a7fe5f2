/** Sees to it that what is compared is there: the contestants' packages, and the package that ships. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageModule, repository } from './dist.ts';

const root = fileURLToPath(repository);
const benchFolder = join(root, 'bench');

/** Installs the contestants' packages unless they are there; without a network the benchmark runs with what it has. */
export function installContestants(say: (text: string) => void): void {
  if (existsSync(join(benchFolder, 'node_modules'))) return;
  say('installing the contestants into bench/node_modules (once; native ones may have to be built) ...');
  try {
    // A contestant that can't be built must not keep the others out: they are told apart when each is loaded.
    npm(['install', '--prefix', benchFolder, '--no-audit', '--no-fund', '--no-save']);
  } catch {
    say('npm could not install them; whoever is missing is skipped');
  }
}

/** Builds `dist` when it is missing or older than its source. */
export function buildDistribution(say: (text: string) => void): void {
  const built = fileURLToPath(packageModule());
  if (existsSync(built) && statSync(built).mtimeMs >= newestChange(join(root, 'src'))) return;
  say('building dist, which is what is measured ...');
  npm(['run', 'build', '--silent', '--prefix', root]);
}

function npm(args: readonly string[]): void {
  execFileSync('npm', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
}

function newestChange(folder: string): number {
  let newest = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
  }
  return newest;
}
