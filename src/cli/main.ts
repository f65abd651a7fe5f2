/**
 * The command `glovebox-cache`.
 */

import { writeTo } from './io.ts';
import { run } from './run.ts';

// Whoever reads our output may stop; the writes that then fail are dealt with where they are made.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

const exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
});

const flushed = [process.stdout, process.stderr].map((stream) => writeTo(stream, '').catch(() => {}));
await Promise.all(flushed);
// Not by an exit code alone: a wait for another process that was given up would keep this one until it is over.
process.exit(exitCode);
