/**
 * From a command line to an exit code.
 */

import { CommanderError } from 'commander';
import { CacheEntryTooLargeError } from '../errors.ts';
import { NAME } from './context.ts';
import { EXIT, exitCodeFor } from './exit-codes.ts';
import { inFlags } from './flags.ts';
import { printable } from './format.ts';
import { type CliIo, writeTo } from './io.ts';
import { createProgram } from './program.ts';

/**
 * Runs one command line, given without the names of Node and the script.
 * @returns the exit code; what went wrong was told on stderr.
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(io, argv, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Help and version end by an error, too; everything that commander refuses is wrong usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const known = exitCodeFor(error);
    const told = error instanceof Error ? error.message : String(error);
    // Messages name files, keys and entries of archives, whose names may hold anything.
    const message = printable(error instanceof CacheEntryTooLargeError ? inFlags(told) : told);
    const text = known === undefined && error instanceof Error ? `unexpected ${error.stack ?? message}` : message;
    await writeTo(io.stderr, `${NAME}: ${text}\n`).catch(() => undefined);
    return known ?? EXIT.failure;
  }
}
