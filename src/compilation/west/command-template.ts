/**
 * Commands with placeholders.
 */

import { CacheArgumentError } from '../../errors.ts';

/** What placeholders are replaced by; `undefined` where there is nothing. */
export interface PlaceholderValues {
  readonly keymap: string;
  readonly config: string | undefined;
  readonly board: string;
  readonly shield: string | undefined;
  readonly build: string;
  readonly workspace: string | undefined;
}

const NAMES: readonly string[] = ['keymap', 'config', 'board', 'shield', 'build', 'workspace'];
/** A placeholder, or one that is meant literally. */
const PLACEHOLDER = /\{\{(\w+)\}\}|\{(\w+)\}/g;

/**
 * The command that builds ZMK.
 *
 * `KEYMAP_FILE` and `SHIELD` are read by `app/keymap-module/modules/modules.cmake` in zmkfirmware/zmk; `EXTRA_CONF_FILE`
 * by Zephyr (3.4 or newer), see "Important Build System Variables" in its documentation of application development.
 */
export function westCommand(app: string, cmakeArgs: readonly string[]): readonly string[] {
  return [
    ...['west', 'build', '-s', `{workspace}/${app}`, '-d', '{build}', '-b', '{board}', '--'],
    ...['-DSHIELD={shield}', '-DKEYMAP_FILE={keymap}', '-DEXTRA_CONF_FILE={config}'],
    ...cmakeArgs,
  ];
}

/** @throws a {@link CacheArgumentError} if `command` is none, or has a placeholder that nothing is known for. */
export function assertPlaceholders(command: readonly string[], hasWorkspace: boolean): void {
  if (!Array.isArray(command) || !command.every((part) => typeof part === 'string') || !command[0]) {
    throw new CacheArgumentError(
      'command must be a list of the program and its arguments, such as ["make", "{board}"]',
    );
  }
  const [program = ''] = command;
  if (placeholdersOf(program).some((name) => name === 'config' || name === 'shield')) {
    throw new CacheArgumentError(
      `command must begin with a program that is always there, got ${JSON.stringify(program)}`,
    );
  }
  for (const name of command.flatMap(placeholdersOf)) {
    if (!NAMES.includes(name)) {
      const known = NAMES.map((each) => `{${each}}`).join(', ');
      throw new CacheArgumentError(
        `command has the unknown placeholder {${name}}; there are ${known}, and {{${name}}} stands for {${name}} itself`,
      );
    }
    if (name === 'workspace' && !hasWorkspace) {
      throw new CacheArgumentError('command has the placeholder {workspace}, and no workspace is named');
    }
  }
}

/** The command with its placeholders replaced; arguments whose placeholder has no value are left out. */
export function expandCommand(command: readonly string[], values: PlaceholderValues): string[] {
  const known: ReadonlyMap<string, string | undefined> = new Map(Object.entries(values));
  return command
    .filter((part) => placeholdersOf(part).every((name) => known.get(name) !== undefined))
    .map((part) =>
      part.replace(PLACEHOLDER, (_, literal: string | undefined, name: string) =>
        literal === undefined ? (known.get(name) ?? '') : `{${literal}}`,
      ),
    );
}

function placeholdersOf(part: string): string[] {
  return [...part.matchAll(PLACEHOLDER)].flatMap(([, , name]) => name ?? []);
}
