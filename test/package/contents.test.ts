import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { run } from './run.ts';

const repository = join(import.meta.dirname, '..', '..');
const installed = join(inject('consumer'), 'node_modules', 'glovebox-cache');
const manifest: Record<string, unknown> = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));

describe('the installed package', () => {
  it('is alone in node_modules', () => {
    const names = readdirSync(join(inject('consumer'), 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(names).toEqual(['glovebox-cache']);
  });

  it('has no dependencies and no install script', () => {
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('optionalDependencies');
    const scripts = Object.keys(manifest['scripts'] ?? {});
    expect(scripts.filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([]);
  });

  it('holds the build, the README with its plots and the licences, and no source or test', () => {
    expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'bench', 'dist', 'package.json']);
    expect(readdirSync(join(installed, 'bench', 'results')).sort()).toEqual(['get-again.svg', 'set-new.svg']);
    expect(readdirSync(join(installed, 'bench'))).toEqual(['results']);
    const kinds = readdirSync(join(installed, 'dist'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name.replace(/^[^.]*/, ''));
    expect(new Set(kinds)).toEqual(new Set(['', '.js', '.cjs', '.d.ts', '.d.cts']));
  });

  it('carries the licence of each library that is bundled', () => {
    const notices = readFileSync(join(installed, 'dist', 'THIRD-PARTY-LICENSES'), 'utf8');
    const libraries = {
      'proper-lockfile': 'MIT',
      'fs-extra': 'MIT',
      yauzl: 'MIT',
      'prom-client': 'Apache-2.0',
      'd3-scale': 'ISC',
    };
    for (const [library, licence] of Object.entries(libraries)) {
      expect(notices).toMatch(new RegExp(`^${library} \\d+\\.\\d+\\.\\d+ \\(${licence}\\)$`, 'm'));
    }
  });
});

describe('the tarball', () => {
  it('passes publint', () => {
    run('npx', ['publint', 'run', inject('tarball'), '--strict'], { cwd: repository });
  });

  it('resolves to the right types for every kind of import (are the types wrong?)', () => {
    const attw = ['attw', inject('tarball'), '--profile', 'node16', '--exclude-entrypoints', './testing/vitest'];
    run('npx', attw, { cwd: repository });
    // Vitest can't be required, so nor can what hooks into it.
    const esmOnly = ['attw', inject('tarball'), '--profile', 'esm-only', '--entrypoints', './testing/vitest'];
    run('npx', esmOnly, { cwd: repository });
  });
});
