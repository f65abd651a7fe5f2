/**
 * The real devicetree compiler: from a keymap to what the firmware would find in it.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLeftOut } from '../support/tools.ts';

/** Our own headers: a board, ZMK's behaviours, the names of keys. */
const HEADERS = fileURLToPath(new URL('./dts/', import.meta.url));

/** A node of a compiled devicetree. */
export interface DtNode {
  readonly name: string;
  readonly properties: ReadonlyMap<string, DtValue>;
  readonly nodes: ReadonlyMap<string, DtNode>;
}

/** A property's value: cells, texts, or nothing. */
export type DtValue = readonly number[] | readonly string[];

/** What the compiler makes of a keymap. */
export type DtResult =
  | { readonly ok: true; readonly root: DtNode; readonly warnings: string }
  | { readonly ok: false; readonly messages: string };

/** Compiles a keymap for our board, with `cpp` and `dtc` as ZMK's build does, and reads the result back. */
export function compileDevicetree(keymap: string): DtResult {
  const folder = mkdtempSync(join(tmpdir(), 'glovebox-cache-dts-'));
  try {
    writeFileSync(join(folder, 'layout.keymap'), keymap);
    writeFileSync(join(folder, 'main.dts'), '/dts-v1/;\n#include <board.dtsi>\n#include "layout.keymap"\n');
    const cpp = ['-nostdinc', '-undef', '-x', 'assembler-with-cpp', '-D__DTS__', '-I', HEADERS, 'main.dts', 'main.i'];
    const preprocessed = run('cpp', cpp, folder);
    if (preprocessed.status !== 0) return { ok: false, messages: preprocessed.stderr };
    const compiled = run('dtc', ['-I', 'dts', '-O', 'dtb', '-o', 'main.dtb', 'main.i'], folder);
    if (compiled.status !== 0) return { ok: false, messages: compiled.stderr };
    // Only references are written back as numbers; of what those mean it then knows nothing, and warns.
    const { stdout } = run('dtc', ['-q', '-I', 'dtb', '-O', 'dts', 'main.dtb'], folder);
    return { ok: true, root: readTree(stdout), warnings: preprocessed.stderr + compiled.stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether tests that need the compiler are left out. */
export const isCompilerLeftOut: boolean = isLeftOut(
  ['cpp', 'dtc'].every((command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined),
);

function run(command: string, args: readonly string[], cwd: string) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 });
  if (result.error === undefined) return result;
  throw new Error(`${command} can't be run; install it: apt-get install cpp device-tree-compiler`, {
    cause: result.error,
  });
}

/** The root of a keymap that must compile. */
export function devicetreeOf(keymap: string): DtNode {
  const result = compileDevicetree(keymap);
  if (result.ok) return result.root;
  throw new Error(`${result.messages}\n${keymap}`);
}

/** The node at a path of names. */
export function nodeAt(root: DtNode, ...path: readonly string[]): DtNode {
  return path.reduce((node, name) => {
    const inner = node.nodes.get(name);
    if (inner === undefined) throw new Error(`no node ${name} in ${node.name}; there are ${[...node.nodes.keys()]}`);
    return inner;
  }, root);
}

/** The cells of a property. */
export function cellsOf(node: DtNode, property: string): readonly number[] {
  return (node.properties.get(property) ?? []).map(Number);
}

/** The bindings in a property: for each the name of the behaviour's node, and its cells. */
export function bindingsOf(
  root: DtNode,
  node: DtNode,
  property = 'bindings',
): readonly (readonly (string | number)[])[] {
  const byHandle = new Map<number, DtNode>();
  collectHandles(root, byHandle);
  const bindings: (string | number)[][] = [];
  const cells = cellsOf(node, property);
  for (let at = 0; at < cells.length; ) {
    const behavior = byHandle.get(cells[at] ?? 0);
    if (behavior === undefined) throw new Error(`cell ${at} of ${node.name} is ${cells[at]}, which is no behaviour`);
    const count = cellsOf(behavior, '#binding-cells')[0] ?? 0;
    bindings.push([behavior.name, ...cells.slice(at + 1, at + 1 + count)]);
    at += 1 + count;
  }
  return bindings;
}

function collectHandles(node: DtNode, byHandle: Map<number, DtNode>): void {
  const handle = cellsOf(node, 'phandle')[0];
  if (handle !== undefined) byHandle.set(handle, node);
  for (const inner of node.nodes.values()) collectHandles(inner, byHandle);
}

/** Reads what dtc writes: one node's head, property or end on each line. */
function readTree(text: string): DtNode {
  interface Open extends DtNode {
    readonly properties: Map<string, DtValue>;
    readonly nodes: Map<string, DtNode>;
  }
  const open = (name: string): Open => ({ name, properties: new Map(), nodes: new Map() });
  const top = open('');
  const path = [top];
  for (const line of text.split('\n').map((each) => each.trim())) {
    const here = path.at(-1) ?? top;
    const head = /^([^\s{]+) \{$/.exec(line)?.[1];
    const [, name = '', value] = /^([^\s=]+)(?: = (.*))?;$/.exec(line) ?? [];
    if (head !== undefined) {
      const node = open(head);
      here.nodes.set(head, node);
      path.push(node);
    } else if (line === '};') path.pop();
    else if (name !== '' && name !== '/dts-v1/') here.properties.set(name, readValue(value ?? ''));
  }
  return nodeAt(top, '/');
}

function readValue(value: string): DtValue {
  if (value.startsWith('<')) return (value.match(/0x[\da-f]+/g) ?? []).map(Number);
  // Texts that are not ASCII are written as bytes.
  if (value.startsWith('[')) {
    return Buffer.from(value.replaceAll(/[^\da-f]/g, ''), 'hex')
      .toString()
      .replace(/\0$/, '')
      .split('\0');
  }
  return (value.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((text) => text.slice(1, -1).replaceAll(/\\(.)/g, '$1'));
}
