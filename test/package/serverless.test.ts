import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, type Format } from 'esbuild';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { cleanEnvironment, run } from './run.ts';

/** `nobody`: for root no folder is read-only, so as root the function runs as somebody else. */
const NOBODY = 65534;
const somebodyElse = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

describe.each<Format>(['esm', 'cjs'])('a serverless function, bundled by esbuild into one %s file', (format) => {
  it('caches from a read-only folder, without a home, in the temporary folder', async () => {
    const { code, temporary } = await deploy(format);
    const start = () => {
      // An empty environment but for what such a platform gives: no HOME, no XDG folder.
      const env = { PATH: cleanEnvironment()['PATH'], TMPDIR: temporary };
      const probe = join(dirname(code), 'probe');
      const { stdout } = run(process.execPath, [code, probe], { cwd: dirname(code), env, ...somebodyElse });
      return JSON.parse(stdout);
    };
    expect(start()).toEqual({ visits: 1, locked: true, readOnly: true });
    expect(start()).toEqual({ visits: 2, locked: true, readOnly: true });
    expect(readdirSync(dirname(code))).toEqual([`handler.${format === 'esm' ? 'mjs' : 'cjs'}`]);
    expect(readdirSync(temporary)).not.toEqual([]);
  });
});

/** Bundles the function and puts it where only its temporary folder can be written. */
async function deploy(format: Format): Promise<{ code: string; temporary: string }> {
  const consumer = inject('consumer');
  const place = mkdtempSync(join(dirname(consumer), 'function-'));
  const folder = join(place, 'code');
  const temporary = join(place, 'tmp');
  const code = join(folder, `handler.${format === 'esm' ? 'mjs' : 'cjs'}`);
  const { warnings } = await build({
    entryPoints: [join(consumer, 'handler.mjs')],
    outfile: code,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format,
    logLevel: 'warning',
  });
  expect(warnings).toEqual([]);
  // Cold starts count: what is loaded late, or not at all, must not get into it by accident.
  expect(statSync(code).size).toBeLessThan(110_000);
  mkdirSync(temporary, { mode: 0o700 });
  if (somebodyElse.uid !== undefined) chownSync(temporary, somebodyElse.uid, somebodyElse.gid);
  for (const path of [place, folder]) {
    chmodSync(path, 0o555);
    onTestFinished(() => chmodSync(path, 0o755)); // else its owner can't remove it
  }
  return { code, temporary };
}
