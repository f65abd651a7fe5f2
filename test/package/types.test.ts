import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, inject, it } from 'vitest';
import { readmeExamples } from '../readme-examples.ts';
import { run } from './run.ts';

const consumer = inject('consumer');
const repository = join(import.meta.dirname, '..', '..');
const installed = join(consumer, 'node_modules', 'glovebox-cache');

describe('the types', () => {
  it('serve ESM and CommonJS in a strict project that checks its libraries and has no other types', () => {
    const project = createProject({ types: [], lib: ['es2022'] });
    for (const file of ['types.mts', 'types.cts'])
      cpSync(join(import.meta.dirname, 'consumers', 'typed', file), join(project, file));
    compile(project);
  });

  it('agree with the examples of the README', () => {
    const project = createProject({ types: ['node'], lib: ['es2023', 'esnext.disposable'] });
    for (const [number, { code }] of readmeExamples().entries()) {
      writeFileSync(join(project, `example-${number}.mts`), `${code}\nexport {};\n`);
    }
    compile(project);
  });
});

/** A folder with the installed package and nothing else but the types that the repository itself develops with. */
function createProject(options: { readonly types: readonly string[]; readonly lib: readonly string[] }): string {
  const folder = mkdtempSync(join(dirname(consumer), 'types-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  cpSync(installed, join(modules, 'glovebox-cache'), { recursive: true });
  if (options.types.length > 0) {
    for (const name of ['@types', 'undici-types', 'vitest']) {
      symlinkSync(join(repository, 'node_modules', name), join(modules, name));
    }
  }
  const compilerOptions = {
    ...options,
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    // Vitest's own types don't pass; ours must.
    skipLibCheck: options.types.length > 0,
    noEmit: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  writeFileSync(join(folder, 'package.json'), '{ "name": "typed-consumer", "private": true }');
  return folder;
}

function compile(project: string): void {
  run(join(repository, 'node_modules', '.bin', 'tsc'), ['--project', project, '--pretty', 'false']);
}
