/**
 * What the result of a run depends on, and the key that is made of it.
 */

import { realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '../../cache-manager.ts';
import { CacheArgumentError } from '../../errors.ts';
import { createBreather } from '../content/breather.ts';
import { digestFile, digestOf } from '../content/digest.ts';
import { findFiles } from '../content/find-files.ts';
import type { BuildSettings, CheckedBuildRequest } from './build-request.ts';
import { isUntouched, type SeenFile } from './seen-file.ts';

/** What a fingerprint was made of, as it is kept to tell later what changed. Contents and values are hashes. */
export interface FingerprintRecord {
  /** Path and digest of each input, by path. */
  readonly inputs: readonly (readonly [path: string, digest: string])[];
  /** Name and digest of each named file, by name; absent if there are none. */
  readonly files?: readonly (readonly [name: string, digest: string])[] | undefined;
  /** Name and digest of each setting, by name; absent if there are none. */
  readonly settings?: readonly (readonly [name: string, digest: string])[] | undefined;
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
  /** The inputs as they stood when they were read, by absolute path. */
  readonly seen: ReadonlyMap<string, SeenFile>;
}

/** Changes with the meaning of a fingerprint or of what is stored under it. */
const KEY_VERSION = 1;

/** How a fingerprint is taken. */
export interface FingerprintOptions {
  /** A fingerprint of the same request: of its inputs only those that were touched since are read again. */
  readonly earlier?: Fingerprint | undefined;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes the fingerprint of a run: command, arguments, content of the inputs, stdin if given, the named variables, output
 * patterns, platform and Node's major version; the folder too when there are no inputs. Settings, if there are any, stand
 * for command, arguments and folder.
 *
 * @throws the reason of `signal` if that aborts meanwhile.
 * @throws a {@link CacheArgumentError} if an input can't be read.
 */
export async function takeFingerprint(
  build: CheckedBuildRequest,
  { earlier, signal }: FingerprintOptions = {},
): Promise<Fingerprint> {
  const { paths, unmatched } = await findFiles(build.inputs, { cwd: build.cwd, ignore: build.ignore, links: 'follow' });
  const reader = new InputReader(earlier?.seen, signal);
  const inputs = await reader.readAll(
    paths.map((path) => [path, join(build.cwd, path)]),
    (path) => `inputs must name files that can be read, and ${JSON.stringify(path)} can't; exclude it with '!'`,
  );
  const missing = (name: string) => `files.${name} must be a file that can be read`;
  const files = await reader.readAll(build.files, missing);
  for (const [name] of build.files) {
    if (!files.some(([found]) => found === name)) throw new CacheArgumentError(missing(name));
  }
  const settings = await build.settings?.();
  const record: FingerprintRecord = {
    inputs,
    files: build.files.length === 0 ? undefined : files,
    settings: settings && digestSettings(settings),
    env: build.envNames.map((name) => {
      const value = build.env[name];
      return [name, value === undefined ? null : digestOf(value)];
    }),
    outputs: build.outputs,
    stdin: build.stdin && digestOf(build.stdin),
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node.split('.')[0] ?? '',
  };
  const folder = reader.seen.size === 0 ? realpathSync(build.cwd) : null;
  const made = settings === undefined ? [build.command, build.args, record, folder] : [record];
  return { key: digestOf(JSON.stringify([KEY_VERSION, ...made])), record, unmatched, seen: reader.seen };
}

/** Each setting under its own name; one inside of others has the names of those before its own: `workspace:zephyr`. */
function digestSettings(settings: BuildSettings): [name: string, digest: string][] {
  const digests: [string, string][] = [];
  const add = (names: readonly string[], value: JsonValue | undefined): void => {
    const members = isObject(value) ? Object.entries(value) : [];
    for (const [name, member] of members) add([...names, name], member);
    if (value === undefined || members.length > 0) return;
    const name = names.map((part) => part.replace(/[\\:]/g, '\\$&')).join(':');
    digests.push([name, digestOf(JSON.stringify(value))]);
  };
  for (const [name, value] of Object.entries(settings)) add([name], value);
  return digests.sort(([a], [b]) => (a < b ? -1 : 1));
}

function isObject(value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads inputs, but for those that an earlier fingerprint has read and that were not touched since. */
class InputReader {
  readonly seen = new Map<string, SeenFile>();
  readonly #earlier: ReadonlyMap<string, SeenFile> | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #breathe = createBreather();

  constructor(earlier: ReadonlyMap<string, SeenFile> | undefined, signal: AbortSignal | undefined) {
    this.#earlier = earlier;
    this.#signal = signal;
  }

  /** @returns name and digest of each of `inputs` that is a file. */
  async readAll(
    inputs: readonly (readonly [name: string, file: string])[],
    unreadable: (name: string) => string,
  ): Promise<[name: string, digest: string][]> {
    const digests: [string, string][] = [];
    for (const [name, file] of inputs) {
      this.#signal?.throwIfAborted();
      try {
        const stat = statSync(file, { throwIfNoEntry: false });
        // Gone since the folder was listed, or a socket or pipe: nothing that could be read as an input.
        if (!stat?.isFile()) continue;
        const known = this.#earlier?.get(file);
        const isKnown = known !== undefined && isUntouched(known, stat);
        const digest = isKnown ? known.digest : await digestInput(file, stat, this.#breathe);
        this.seen.set(file, isKnown ? known : { digest, stat, readAt: Date.now() });
        digests.push([name, digest]);
      } catch (cause) {
        throw new CacheArgumentError(unreadable(name), { cause });
      }
      await this.#breathe();
    }
    return digests;
  }
}

/** Content, and whether it may be executed: for a script that makes a difference. */
async function digestInput(file: string, stat: Stats, breathe: () => Promise<void> | undefined): Promise<string> {
  const digest = await digestFile(file, breathe);
  return (stat.mode & 0o111) === 0 ? digest : `${digest}+x`;
}

/** One difference between two fingerprints. */
export interface FingerprintChange {
  readonly kind: 'input' | 'file' | 'setting' | 'stdin' | 'variable' | 'outputs' | 'platform' | 'node';
  /** Path, name of the file, setting or variable, output pattern, `stdin`, or what it is now. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
}

/** What differs between `before` and `now`: variables, settings and surroundings first, then files. */
export function compareFingerprints(before: FingerprintRecord, now: FingerprintRecord): FingerprintChange[] {
  const changes: FingerprintChange[] = [];
  if (before.platform !== now.platform) changes.push({ kind: 'platform', name: now.platform, change: 'changed' });
  if (before.node !== now.node) changes.push({ kind: 'node', name: now.node, change: 'changed' });
  if (before.stdin !== now.stdin)
    changes.push({ kind: 'stdin', name: 'stdin', change: changeOf(before.stdin, now.stdin) });
  const patterns = (list: readonly string[]) => list.map((pattern) => [pattern, ''] as const);
  changes.push(...compareLists('outputs', patterns(before.outputs), patterns(now.outputs)));
  changes.push(...compareLists('variable', before.env, now.env));
  changes.push(...compareLists('setting', before.settings ?? [], now.settings ?? []));
  changes.push(...compareLists('file', before.files ?? [], now.files ?? []));
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
