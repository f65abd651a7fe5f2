import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CompilerOptions } from 'typescript';
import { describe, inject, it } from 'vitest';
import { readmeExamples } from '../readme-examples.ts';
import { run } from './run.ts';

const consumer = inject('consumer');
const repository = join(import.meta.dirname, '..', '..');
const installed = join(consumer, 'node_modules', 'glovebox-cache');

describe('the types', () => {
  it("serve ESM and CommonJS in a strict project with an older `lib` and without Node's types", () => {
    const project = createProject({ lib: ['es2022', 'dom'], types: [], skipLibCheck: false });
    cpSync(join(import.meta.dirname, 'consumers', 'typed'), project, { recursive: true });
    compile(project);
  });

  it('agree with the examples of the README', () => {
    // Vitest's own types don't pass the check of libraries.
    const project = createProject({ lib: ['es2023', 'esnext.disposable'], types: ['node'], skipLibCheck: true });
    for (const [number, { code }] of readmeExamples().entries()) {
      writeFileSync(join(project, `example-${number}.mts`), `${code}\nexport {};\n`);
    }
    compile(project);
  });
});

/** A folder with the installed package, Node's types and Vitest, on which the package's own types may build. */
function createProject(options: Pick<CompilerOptions, 'lib' | 'types' | 'skipLibCheck'>): string {
  const folder = mkdtempSync(join(dirname(consumer), 'types-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  cpSync(installed, join(modules, 'glovebox-cache'), { recursive: true });
  for (const name of ['@types', 'undici-types', 'vitest']) {
    symlinkSync(join(repository, 'node_modules', name), join(modules, name));
  }
  const compilerOptions = {
    ...options,
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  writeFileSync(join(folder, 'package.json'), '{ "name": "typed-consumer", "private": true }');
  return folder;
}

function compile(project: string): void {
  run(join(repository, 'node_modules', '.bin', 'tsc'), ['--project', project, '--pretty', 'false']);
}
