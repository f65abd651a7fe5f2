/**
 * `layout compile`: a keymap and a configuration, in files.
 */

import { basename, extname, join, resolve } from 'node:path';
import { type CompiledLayout, LayoutError, type LayoutService } from '../../../layout/index.ts';
import { makeFolders } from '../../../make-folders.ts';
import type { CommandContext } from '../../context.ts';
import { CliError, EXIT } from '../../exit-codes.ts';
import { formatCount, printable } from '../../format.ts';
import { findTarget, writeWhole } from '../../write-whole.ts';
import { issueAsJson, issueLine, readInput, STDIN, withLayouts } from './layouts.ts';

/** The options of `layout compile`. */
export interface CompileOptions {
  readonly output?: string;
  readonly template?: string;
  readonly name?: string;
}

/** Compiles a layout; writes nothing if it has errors. */
export async function compileLayout(context: CommandContext, file: string, options: CompileOptions): Promise<number> {
  const name = fileName(file, options.name);
  if (file === STDIN && options.template === STDIN) {
    throw new CliError('only one of FILE and --template can be stdin', EXIT.usage);
  }
  const source = await readInput(context, file, 'FILE');
  const template = options.template === undefined ? undefined : await readTemplate(context, options.template);
  try {
    const compiled = await withLayouts(context, (layouts) => compile(layouts, source, template));
    const files = await writeFiles(context, options.output ?? '.', {
      [`${name}.keymap`]: compiled.keymap,
      [`${name}.conf`]: compiled.conf,
    });
    await report(context, compiled, files);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    await reportFailure(context, error);
    return EXIT.failure;
  }
}

async function compile(layouts: LayoutService, source: Buffer, template: string | undefined): Promise<CompiledLayout> {
  const compiled = await layouts.compile(source);
  if (template === undefined) return compiled;
  const { text, warnings, fromCache } = await layouts.render(source, template);
  return { ...compiled, keymap: text, warnings, fromCache: fromCache && compiled.fromCache };
}

async function readTemplate(context: CommandContext, path: string): Promise<string> {
  return (await readInput(context, path, '--template')).toString();
}

function fileName(file: string, given: string | undefined): string {
  const name = given ?? (file === STDIN ? 'layout' : basename(file, extname(file)));
  if (name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)) return name;
  throw new CliError(`--name must be the name of a file without a folder, got ${JSON.stringify(name)}`, EXIT.usage);
}

/** Writes files into a folder, each whole or not at all, and none if one has no place there. @returns their paths. */
async function writeFiles(
  { io }: CommandContext,
  folder: string,
  contents: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  try {
    makeFolders(resolve(io.cwd, folder));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`can't write to ${printable(folder)}: ${reason}; choose a folder with --output`);
  }
  const files = Object.entries(contents).map(([name, content]) => {
    const path = join(folder, name);
    return { path, content, target: findTarget('--output', path, io.cwd) };
  });
  for (const { target, content } of files) writeWhole('--output', target, content);
  return files.map(({ path }) => path);
}

async function report(context: CommandContext, compiled: CompiledLayout, files: readonly string[]): Promise<void> {
  const { keyboard, title, layerNames: layers, fromCache, warnings } = compiled;
  if (context.json) {
    await context.printJson({ keyboard, title, layers, files, fromCache, issues: warnings.map(issueAsJson) });
    return;
  }
  for (const warning of warnings) await context.tellRaw(issueLine(warning, context.errorColors));
  const facts = [formatCount(layers.length, 'layer'), ...(fromCache ? ['from the cache'] : [])].join(', ');
  await context.print(`wrote ${files.map(printable).join(' and ')} (${facts})\n`);
}

async function reportFailure(context: CommandContext, { issues }: LayoutError): Promise<void> {
  if (context.json) {
    const nothing = { keyboard: null, title: null, layers: [], files: [], fromCache: false };
    await context.printJson({ ...nothing, issues: issues.map(issueAsJson) });
  }
  for (const issue of issues) await context.tellRaw(issueLine(issue, context.errorColors));
  const count = issues.filter(({ severity }) => severity === 'error').length;
  await context.tell(`nothing was written: ${formatCount(count, 'error')}`);
}
