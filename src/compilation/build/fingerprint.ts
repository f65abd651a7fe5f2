/**
 * What the result of a run depends on, and the key that is made of it.
 */

import { realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { CacheArgumentError } from '../../errors.ts';
import { createBreather } from '../content/breather.ts';
import { digestFile, digestOf } from '../content/digest.ts';
import { findFiles } from '../content/find-files.ts';
import type { CheckedBuildRequest } from './build-request.ts';

/** What a fingerprint was made of, as it is kept to tell later what changed. Contents and values are hashes. */
export interface FingerprintRecord {
  /** Path and digest of each input, by path. */
  readonly inputs: readonly (readonly [path: string, digest: string])[];
  /** Name and digest of each named variable, by name; `null` where it is not set. */
  readonly env: readonly (readonly [name: string, digest: string | null])[];
  readonly outputs: readonly string[];
  /** Digest of what the command is given on stdin; absent if that is nothing. */
  readonly stdin?: string | undefined;
  /** Operating system and processor architecture. */
  readonly platform: string;
  /** Node's major version. */
  readonly node: string;
}

/** A run's fingerprint. */
export interface Fingerprint {
  /** 64 hexadecimal digits: equal for runs that may stand for each other. */
  readonly key: string;
  readonly record: FingerprintRecord;
  /** Input patterns that named no file. */
  readonly unmatched: readonly string[];
  /** The inputs as they stood when they were read. */
  readonly seen: ReadonlyMap<string, SeenInput>;
}

interface SeenInput {
  readonly digest: string;
  readonly stat: Stats;
  readonly readAt: number;
}

/** Changes with the meaning of a fingerprint or of what is stored under it. */
const KEY_VERSION = 1;
/** A file changed this shortly before it was read may change again without another time stamp. */
const CLOCK_GRAIN_MS = 100;

/** How a fingerprint is taken. */
export interface FingerprintOptions {
  /** A fingerprint of the same request: of its inputs only those that were touched since are read again. */
  readonly earlier?: Fingerprint | undefined;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes the fingerprint of a run: command, arguments, content of the inputs, stdin if given, the named variables, output
 * patterns, platform and Node's major version; the folder too when there are no inputs.
 *
 * @throws the reason of `signal` if that aborts meanwhile.
 * @throws a {@link CacheArgumentError} if an input can't be read.
 */
export async function takeFingerprint(
  build: CheckedBuildRequest,
  { earlier, signal }: FingerprintOptions = {},
): Promise<Fingerprint> {
  const { paths, unmatched } = await findFiles(build.inputs, { cwd: build.cwd, ignore: build.ignore, links: 'follow' });
  const seen = await readInputs(build.cwd, paths, earlier?.seen, signal);
  const record: FingerprintRecord = {
    inputs: [...seen].map(([path, input]) => [path, input.digest]),
    env: build.envNames.map((name) => {
      const value = build.env[name];
      return [name, value === undefined ? null : digestOf(value)];
    }),
    outputs: build.outputs,
    stdin: build.stdin && digestOf(build.stdin),
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node.split('.')[0] ?? '',
  };
  const folder = seen.size === 0 ? realpathSync(build.cwd) : null;
  const key = digestOf(JSON.stringify([KEY_VERSION, build.command, build.args, record, folder]));
  return { key, record, unmatched, seen };
}

async function readInputs(
  cwd: string,
  paths: readonly string[],
  earlier: ReadonlyMap<string, SeenInput> | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, SeenInput>> {
  const breathe = createBreather();
  const seen = new Map<string, SeenInput>();
  for (const path of paths) {
    signal?.throwIfAborted();
    const file = join(cwd, path);
    try {
      const stat = statSync(file, { throwIfNoEntry: false });
      // Gone since the folder was listed, or a socket or pipe: nothing that could be read as an input.
      if (!stat?.isFile()) continue;
      const known = earlier?.get(path);
      if (known !== undefined && isUntouched(known, stat)) seen.set(path, known);
      else seen.set(path, { digest: await digestInput(file, stat, breathe), stat, readAt: Date.now() });
    } catch (cause) {
      throw new CacheArgumentError(
        `inputs must name files that can be read, and ${JSON.stringify(path)} can't; exclude it with '!'`,
        {
          cause,
        },
      );
    }
    await breathe();
  }
  return seen;
}

/** Content, and whether it may be executed: for a script that makes a difference. */
async function digestInput(file: string, stat: Stats, breathe: () => Promise<void> | undefined): Promise<string> {
  const digest = await digestFile(file, breathe);
  return (stat.mode & 0o111) === 0 ? digest : `${digest}+x`;
}

function isUntouched(known: SeenInput, stat: Stats): boolean {
  return (
    known.stat.ino === stat.ino &&
    known.stat.size === stat.size &&
    known.stat.mtimeMs === stat.mtimeMs &&
    known.stat.ctimeMs === stat.ctimeMs &&
    known.stat.mode === stat.mode &&
    stat.ctimeMs < known.readAt - CLOCK_GRAIN_MS
  );
}

/** One difference between two fingerprints. */
export interface FingerprintChange {
  readonly kind: 'input' | 'stdin' | 'variable' | 'outputs' | 'platform' | 'node';
  /** Path, name of the variable, output pattern, `stdin`, or what it is now. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
}

/** What differs between `before` and `now`: variables and surroundings first, then files by path. */
export function compareFingerprints(before: FingerprintRecord, now: FingerprintRecord): FingerprintChange[] {
  const changes: FingerprintChange[] = [];
  if (before.platform !== now.platform) changes.push({ kind: 'platform', name: now.platform, change: 'changed' });
  if (before.node !== now.node) changes.push({ kind: 'node', name: now.node, change: 'changed' });
  if (before.stdin !== now.stdin)
    changes.push({ kind: 'stdin', name: 'stdin', change: changeOf(before.stdin, now.stdin) });
  const patterns = (list: readonly string[]) => list.map((pattern) => [pattern, ''] as const);
  changes.push(...compareLists('outputs', patterns(before.outputs), patterns(now.outputs)));
  changes.push(...compareLists('variable', before.env, now.env));
  changes.push(...compareLists('input', before.inputs, now.inputs));
  return changes;
}

function changeOf(before: string | undefined, now: string | undefined): FingerprintChange['change'] {
  if (before === undefined) return 'added';
  return now === undefined ? 'removed' : 'changed';
}

function compareLists(
  kind: FingerprintChange['kind'],
  before: readonly (readonly [name: string, value: string | null])[],
  now: readonly (readonly [name: string, value: string | null])[],
): FingerprintChange[] {
  const old = new Map(before);
  const fresh = new Map(now);
  const changes: FingerprintChange[] = [];
  for (const [name, value] of fresh) {
    const known = old.get(name);
    if (known === value) continue;
    changes.push({
      kind,
      name,
      change: known === undefined ? 'added' : value === null ? 'removed' : known === null ? 'added' : 'changed',
    });
  }
  for (const name of old.keys()) if (!fresh.has(name)) changes.push({ kind, name, change: 'removed' });
  return changes.sort((a, b) => (a.name < b.name ? -1 : 1));
}
