/**
 * The floor: the system calls that the format can't do without, and the same encoding. No expiry, no limit, no checks, no
 * coherence, nothing survives but the files; what is measured above it is the price of those.
 */

import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Contestant, OpenStore } from '../harness/contestant.ts';

export const floor: Contestant = {
  name: 'floor',
  kind: 'floor',
  about: 'the bare system calls of the same format and the same encoding',
  lacks: ['ttl', 'limit', 'processes'],
  notes: ['get always reads the file; has and a miss are one stat of a path'],
  load: async () => open,
};

const SCRATCH_BYTES = 64 * 1024;
const GENERATION_BYTES = 12;

/** The files of a key. */
interface Files {
  readonly hash: string;
  readonly sidecar: string;
  /** The entry file; empty when there is none. */
  entry: string;
}

const open: OpenStore = (folder) => {
  const index = fs.openSync(join(folder, 'index.jsonl'), 'a', 0o600);
  const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  const known = new Map<string, Files>();
  const shards = new Set<string>();

  const filesOf = (key: string): Files => {
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 40);
    return { hash, sidecar: `${folder}/${hash.slice(0, 2)}/${hash}.json`, entry: '' };
  };
  const makeShard = (hash: string): void => {
    const shard = hash.slice(0, 2);
    if (shards.has(shard)) return;
    fs.mkdirSync(join(folder, shard), { mode: 0o700 });
    shards.add(shard);
  };

  return {
    face: 'sync',
    set: (key, value) => {
      const bytes = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
      const files = known.get(key) ?? filesOf(key);
      makeShard(files.hash);
      const generation = randomBytes(GENERATION_BYTES).toString('hex');
      const entry = `${folder}/${files.hash.slice(0, 2)}/${files.hash}.${generation}`;
      create(entry, bytes);
      const sidecar = Buffer.from(
        `{"version":1,"key":${JSON.stringify(key)},"generation":"${generation}","codec":"json","size":${bytes.length},"checksum":1234567890,"created":${Date.now()}}\n`,
      );
      if (files.entry === '') create(files.sidecar, sidecar);
      else {
        create(`${entry}.tmp`, sidecar);
        fs.renameSync(`${entry}.tmp`, files.sidecar);
      }
      fs.writeSync(
        index,
        `\n["set","${files.hash}","${generation}","",${bytes.length},8192,0,${Date.now()},"json",1234567890,"${key}"]\n`,
      );
      if (files.entry !== '') fs.unlinkSync(files.entry);
      files.entry = entry;
      known.set(key, files);
    },
    get: (key) => {
      const files = known.get(key);
      if (files === undefined) {
        // Without a list of what is there, the path must be looked at.
        fs.statSync(filesOf(key).sidecar, { throwIfNoEntry: false });
        return undefined;
      }
      const bytes = read(files.entry, scratch);
      return isJson(bytes) ? JSON.parse(bytes.toString()) : Buffer.from(bytes);
    },
    has: (key) => {
      const files = known.get(key);
      return fs.statSync(files?.entry ?? filesOf(key).sidecar, { throwIfNoEntry: false }) !== undefined;
    },
    delete: (key) => {
      const files = known.get(key);
      if (files === undefined) return;
      fs.unlinkSync(files.entry);
      fs.unlinkSync(files.sidecar);
      fs.writeSync(index, `\n["del","${files.hash}","${files.entry.slice(-2 * GENERATION_BYTES)}",""]\n`);
      known.delete(key);
    },
    count: () => known.size,
    close: () => fs.closeSync(index),
  };
};

function create(path: string, bytes: Buffer): void {
  const descriptor = fs.openSync(path, 'wx', 0o600);
  fs.writeSync(descriptor, bytes);
  fs.closeSync(descriptor);
}

/** Small files are read in one call into memory that is at hand. */
function read(path: string, scratch: Buffer): Buffer {
  const descriptor = fs.openSync(path, 'r');
  const length = fs.readSync(descriptor, scratch, 0, scratch.length, 0);
  let bytes = scratch.subarray(0, length);
  if (length === scratch.length) {
    const { size } = fs.fstatSync(descriptor);
    bytes = Buffer.allocUnsafeSlow(size);
    for (let at = 0; at < size; ) at += fs.readSync(descriptor, bytes, at, size - at, at);
  }
  fs.closeSync(descriptor);
  return bytes;
}

/** The floor keeps no codec; the benchmark's buffers never begin as its objects do. */
function isJson(bytes: Buffer): boolean {
  return bytes.length > 6 && bytes.toString('latin1', 0, 6) === '{"id":';
}
