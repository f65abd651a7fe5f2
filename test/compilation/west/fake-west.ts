/**
 * A west workspace, and a `west` that builds nothing in no time: it checks what it is told as the real one would.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type BuildResult,
  CompilationBuildCacheService,
  type CompileOptions,
  ZmkWestService,
} from '../../../src/compilation/index.ts';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { createTempRoot } from '../../support/temp-root.ts';

/**
 * Firmware is made of all that counts, so that a stale one is seen: the keymap with what it includes, the config, board,
 * shield, other arguments, and a file of the workspace. `FAKE_WEST` in the environment makes it misbehave.
 */
const WEST = `#!${process.execPath}
const fs = require('node:fs');
const path = require('node:path');
const args = process.argv.slice(2);
const fail = (text) => { console.error('west: ' + text); process.exit(2); };
fs.appendFileSync(process.env.WEST_RUNS, JSON.stringify(args) + '\\n');
const dashes = args.indexOf('--');
const [verb, ...flags] = args.slice(0, dashes);
const option = Object.fromEntries(flags.map((flag, at) => [flag, flags[at + 1]]).filter((_, at) => at % 2 === 0));
const defined = Object.fromEntries(args.slice(dashes + 1).map((arg) => /^-D(\\w+)=(.*)$/s.exec(arg)?.slice(1) ?? fail('unknown ' + arg)));
if (verb !== 'build') fail('unknown command ' + verb);
if (!fs.existsSync(path.join(option['-s'], 'CMakeLists.txt'))) fail('no application in ' + option['-s']);
if (/[ ;]/.test(defined.KEYMAP_FILE) || /[ ;]/.test(defined.EXTRA_CONF_FILE ?? '')) fail('paths are lists');
const read = (file) => fs.readFileSync(file, 'utf8').replace(/#include "(.*)"/g, (_, name) => read(path.resolve(path.dirname(file), name)));
const { KEYMAP_FILE, EXTRA_CONF_FILE, ...others } = defined;
const parts = [read(KEYMAP_FILE), EXTRA_CONF_FILE && read(EXTRA_CONF_FILE), option['-b'], others,
  fs.readFileSync('zmk/app/main.c', 'utf8')];
console.log('-- Board: ' + option['-b']);
console.error('warning: ' + read(KEYMAP_FILE).length + ' characters');
const misbehave = process.env.FAKE_WEST ?? '';
const write = () => {
  const out = path.join(option['-d'], 'zephyr');
  fs.mkdirSync(out, { recursive: true });
  fs.mkdirSync(path.join(option['-d'], 'CMakeFiles'), { recursive: true });
  fs.writeFileSync(path.join(option['-d'], 'CMakeFiles', 'try.bin'), '');
  for (const kind of ['uf2', 'hex', 'bin']) fs.writeFileSync(path.join(out, 'zmk.' + kind), kind + JSON.stringify(parts));
  fs.writeFileSync(path.join(out, 'zmk.elf'), 'elf');
};
if (misbehave === 'fail') { write(); fail('ninja: build stopped'); }
else if (misbehave === 'none') console.log('nothing to do');
else if (misbehave === 'die') { write(); process.kill(process.pid, 'SIGKILL'); }
else if (misbehave === 'hang') require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000); console.log("child " + process.pid)'], { stdio: 'inherit' });
else if (misbehave.startsWith('until ')) {
  const wait = () => fs.existsSync(misbehave.slice(6)) ? write() : setTimeout(wait, 10);
  wait();
} else write();
`;

/** What differs from compiling `my.keymap` with `my.conf`. */
type CompileParts = Partial<CompileOptions> & {
  readonly keymap?: string;
  readonly config?: string | null;
  readonly misbehave?: string;
};

/** A compile with a workspace, a cache and a fake `west` of its own. */
export class Keyboard {
  readonly folder = createTempRoot();
  readonly cache: DiskCacheManager;
  readonly service: ZmkWestService;
  readonly env: NodeJS.ProcessEnv;
  readonly #runs: string;

  constructor(options: { readonly cacheRoot?: string; readonly maxSizeBytes?: number } = {}) {
    const cacheRoot = options.cacheRoot ?? createTempRoot();
    this.cache = new DiskCacheManager({ cacheRoot, tag: 'compilation', maxSizeBytes: options.maxSizeBytes });
    onTestFinished(() => this.cache.close());
    this.service = new ZmkWestService(new CompilationBuildCacheService(this.cache));
    const bin = createTempRoot();
    this.#runs = join(bin, 'runs');
    writeFileSync(join(bin, 'west'), WEST);
    chmodSync(join(bin, 'west'), 0o755);
    this.env = { PATH: `${bin}:${process.env['PATH']}`, WEST_RUNS: this.#runs };
    this.write('ws/zmk/app/CMakeLists.txt', 'project(zmk)');
    this.write('ws/zmk/app/main.c', 'int main;');
    this.write('ws/zephyr/VERSION', '3.5');
    this.write('my.keymap', '/ { };');
    this.write('my.conf', 'CONFIG_X=y');
  }

  /** The arguments of each run of `west`. */
  get runs(): string[][] {
    if (!existsSync(this.#runs)) return [];
    return readFileSync(this.#runs, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  /** Where `path` lies. */
  path(path: string): string {
    return join(this.folder, path);
  }

  /** The content of a file. */
  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  /** The names in a folder. */
  list(path: string): string[] {
    return existsSync(this.path(path)) ? readdirSync(this.path(path)).sort() : [];
  }

  /** Writes a file, with the folders that it needs. */
  write(path: string, content: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), content);
  }

  /** Makes a folder a Git clone with one commit. */
  commit(path: string): void {
    const git = (...args: string[]) => execFileSync('git', ['-C', this.path(path), ...args], { stdio: 'pipe' });
    const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
    if (!existsSync(this.path(`${path}/.git`))) git('init', '-q');
    git('add', '-A');
    git(...who, 'commit', '-q', '--allow-empty', '-m', 'x');
  }

  /** Compiles `my.keymap` with `my.conf`, unless told otherwise. */
  compile(parts: CompileParts = {}): Promise<BuildResult> {
    return this.service.compile(...this.#arguments(parts));
  }

  /** Whether {@link Keyboard.compile} would find it all in the cache. */
  isCached(parts: CompileParts = {}): Promise<boolean> {
    return this.service.isCached(...this.#arguments(parts));
  }

  #arguments(parts: CompileParts): [keymap: string, config: string | undefined, options: CompileOptions] {
    const { keymap = 'my.keymap', config = 'my.conf', misbehave, ...options } = parts;
    const env = { ...this.env, ...(misbehave === undefined ? {} : { FAKE_WEST: misbehave }), ...options.env };
    return [
      keymap,
      config ?? undefined,
      { cwd: this.folder, boards: ['glove80_lh'], workspace: 'ws', ...options, env },
    ];
  }

  /** Keys of the cache that hold `part`. */
  async keysWith(part: string): Promise<string[]> {
    return (await this.cache.keys()).filter((key) => key.includes(part));
  }
}

/** Whether a process runs; one that has ended and that nobody has asked about does not. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}
