/**
 * Archives made for tests, the hostile ones among them.
 */

import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import * as tar from 'tar-stream';
import yazl from 'yazl';

/** An entry of a tar: its header, and its content. */
export type TarItem = Parameters<tar.Pack['entry']>[0] & { readonly content?: string | Uint8Array };

/** A tar of `items`, in their order. */
export async function tarOf(items: readonly TarItem[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { content, ...header } of items) pack.entry({ mode: 0o644, ...header }, Buffer.from(content ?? ''));
  pack.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of pack) if (piece instanceof Uint8Array) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The same, compressed. */
export async function tarGzOf(items: readonly TarItem[]): Promise<Buffer> {
  return gzipSync(await tarOf(items));
}

/** An entry of a zip; one whose name ends with `/` is a folder. */
export interface ZipItem {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** With the kind of file that Unix keeps in it. */
  readonly mode?: number;
  readonly compress?: boolean;
}

/** A zip of `items`, in their order. */
export async function zipOf(items: readonly ZipItem[]): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const { name, content = '', mode = 0o100644, compress = true } of items) {
    if (name.endsWith('/')) zip.addEmptyDirectory(name, { mode: 0o040755 });
    else zip.addBuffer(Buffer.from(content), name, { mode, compress });
  }
  zip.end();
  return buffer(Readable.from(zip.outputStream));
}

/** Writes `to` wherever `from`, which is as long, stands. The library that makes archives makes no hostile ones. */
export function replaceBytes(archive: Buffer, from: string | Buffer, to: string | Buffer): Buffer {
  const changed = Buffer.from(archive);
  const wanted = Buffer.from(from);
  const put = Buffer.from(to);
  if (wanted.length !== put.length) throw new Error('what takes its place must be as long');
  for (let at = changed.indexOf(wanted); at !== -1; at = changed.indexOf(wanted, at + 1)) put.copy(changed, at);
  return changed;
}

/** Changes each header of a zip's list of entries (its central directory). */
export function changeHeaders(zip: Buffer, change: (header: Buffer) => void): Buffer {
  const changed = Buffer.from(zip);
  const mark = Buffer.from('504b0102', 'hex');
  for (let at = changed.indexOf(mark); at !== -1; at = changed.indexOf(mark, at + 1)) change(changed.subarray(at));
  return changed;
}

/** Changes each header of a tar that has content of less than 8 GiB, and its checksum. */
export function changeTarHeaders(archive: Buffer, change: (header: Buffer, name: string) => void): Buffer {
  const changed = Buffer.from(archive);
  for (let at = 0; changed[at] !== 0; ) {
    const header = changed.subarray(at, at + 512);
    const size = Number.parseInt(header.toString('latin1', 124, 135), 8);
    change(header, header.toString('latin1', 0, header.indexOf(0)));
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0`, 148);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return changed;
}
