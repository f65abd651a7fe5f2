/**
 * What the command has to do with the world: streams, environment, working folder.
 */

import { fstatSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

/** A stream to write to, which may be a terminal. */
export interface OutputStream extends Writable {
  readonly isTTY?: boolean | undefined;
  /** The height of the terminal; a `resize` event tells that it changed. */
  readonly rows?: number | undefined;
}

/** A stream to read from, which may be a terminal. */
export interface InputStream extends Readable {
  readonly isTTY?: boolean | undefined;
  readonly fd?: number | undefined;
}

/** The world as a run of the command sees it. */
export interface CliIo {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** Writes all of `bytes`; rejects if nobody reads them. */
export function writeTo(stream: Writable, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Whether `error` says that nobody reads any more what is written. */
export function isGoneReader(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}

/** Reads a stream to its end. */
export async function readAll(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** Whether somebody piped something to `stream`, or may have, without reading any of it. */
export function isGivenInput(stream: InputStream): boolean {
  if (stream.fd === undefined) return false;
  try {
    const stat = fstatSync(stream.fd);
    return stat.isFIFO() || (stat.isFile() && stat.size > 0);
  } catch {
    return false;
  }
}

/** Whether `stream` is a terminal on which what was written can be written over. */
export function isScreen(stream: OutputStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** Whether colour is wanted on `stream`: see https://no-color.org and https://force-color.org. */
export function wantsColor(stream: OutputStream, env: NodeJS.ProcessEnv, isAllowed: boolean): boolean {
  if (!isAllowed || isSet(env['NO_COLOR'])) return false;
  if (isSet(env['FORCE_COLOR'])) return env['FORCE_COLOR'] !== '0';
  return isScreen(stream, env);
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== '';
}
