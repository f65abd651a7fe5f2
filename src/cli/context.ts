/**
 * What every command gets: the world, and what was said for all commands.
 */

import { resolve } from 'node:path';
import pico from 'picocolors';
import { createUserConfig, type UserConfig } from '../config.ts';
import { CacheArgumentError } from '../errors.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { type CliIo, isGoneReader, wantsColor, writeTo } from './io.ts';

/** The options that every command has. */
export interface CommonOptions {
  readonly root?: string;
  readonly json?: boolean;
  readonly color?: boolean;
}

/** Functions that colour a text, or leave it alone. */
export type Colors = ReturnType<typeof pico.createColors>;

/** The name under which the command speaks on stderr. */
export const NAME = 'glovebox-cache';

/** What a command works with. */
export class CommandContext {
  readonly io: CliIo;
  /** Whether output is for a script. */
  readonly json: boolean;
  /** Colours for stdout. */
  readonly colors: Colors;
  /** Colours for stderr. */
  readonly errorColors: Colors;
  /** The root that was named on the command line. */
  readonly namedRoot: string | undefined;
  #config: UserConfig | undefined;

  constructor(io: CliIo, options: CommonOptions) {
    const color = options.color ?? true;
    this.io = io;
    this.json = options.json ?? false;
    this.namedRoot = options.root;
    this.colors = pico.createColors(wantsColor(io.stdout, io.env, color));
    this.errorColors = pico.createColors(wantsColor(io.stderr, io.env, color));
  }

  /** The user's configuration, with the root that was named. */
  get config(): UserConfig {
    this.#config ??= this.#readConfig();
    return this.#config;
  }

  /** Writes to stdout. A reader who has gone is none of our business. */
  async print(text: string | Uint8Array): Promise<void> {
    await writeTo(this.io.stdout, text).catch(ignoreGoneReader);
  }

  /** Writes a value to stdout as JSON. */
  async printJson(value: unknown): Promise<void> {
    await this.print(`${JSON.stringify(value, undefined, 2)}\n`);
  }

  /** Writes one line to stderr, under the command's name. There is nobody to tell that it failed. */
  async tell(line: string): Promise<void> {
    await this.tellRaw(`${NAME}: ${line}\n`);
  }

  /** Writes to stderr, as it is. */
  async tellRaw(text: string): Promise<void> {
    await writeTo(this.io.stderr, text).catch(() => undefined);
  }

  #readConfig(): UserConfig {
    const { namedRoot } = this;
    if (namedRoot === undefined) return createUserConfig();
    try {
      return { ...createUserConfig({ cacheDir: namedRoot }), cacheDir: resolve(this.io.cwd, namedRoot) };
    } catch (error) {
      if (!(error instanceof CacheArgumentError)) throw error;
      const given = JSON.stringify(namedRoot);
      throw new CliError(`--root must be the path of a folder, without a '~' in front; got ${given}`, EXIT.usage);
    }
  }
}

function ignoreGoneReader(error: unknown): void {
  if (!isGoneReader(error)) throw error;
}
