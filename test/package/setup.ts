/**
 * What the proofs start from: the tarball as it would be published, installed offline into an empty folder, and the
 * runtimes to use it on.
 */

import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { run } from './run.ts';
import { fetchRuntimes, type Runtime } from './runtimes.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of the tarball. */
    tarball: string;
    /** A folder with nothing in it but `node_modules` with the installed tarball, and the programs of `consumers/`. */
    consumer: string;
    /** The runtimes that the package promises to run on. */
    runtimes: Runtime[];
  }
}

const repository = join(import.meta.dirname, '..', '..');

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'glovebox-cache-package-'));
  const removeAll = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    chmodSync(folder, 0o755); // the serverless proof reads it as another user
    const tarball = pack(folder);
    project.provide('tarball', tarball);
    project.provide('consumer', install(tarball, folder));
    project.provide('runtimes', fetchRuntimes(repository));
    return removeAll;
  } catch (error) {
    removeAll();
    throw error;
  }
}

function pack(folder: string): string {
  run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: repository });
  const [tarball] = readdirSync(folder);
  if (tarball === undefined) throw new Error('npm pack made no tarball.');
  return join(folder, tarball);
}

function install(tarball: string, folder: string): string {
  const consumer = join(folder, 'consumer');
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{ "name": "consumer", "private": true }\n');
  // Offline and with an empty npm cache: whatever the package needed beyond itself could not come from anywhere.
  const npmCache = join(folder, 'npm-cache');
  run('npm', ['install', '--offline', '--cache', npmCache, '--no-audit', '--no-fund', tarball], { cwd: consumer });
  cpSync(join(import.meta.dirname, 'consumers'), consumer, { recursive: true });
  return consumer;
}
