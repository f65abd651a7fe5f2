/**
 * Histories: a tag that is really used for a while, with a copy of all its files after each step.
 */

import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { parseSidecar } from '../../../src/disk/entry/sidecar.ts';
import { hashKey } from '../../../src/disk/value/key.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { bytesAt, readImage, type TagImage } from './tag-image.ts';
import { KEYS, makeValue, VALUE_KINDS, type ValueKind } from './values.ts';

export const TAG = 'tag';

/** One generation of one key. */
export interface Version {
  readonly key: number;
  readonly generation: string;
  readonly value: unknown;
  readonly sidecar: Buffer;
  readonly entry: Buffer;
  readonly expires: number;
}

/** A tag as it was after a step. */
export interface Moment {
  readonly image: TagImage;
  /** The live version of each key, by the key's number; perhaps expired. */
  readonly newest: readonly (Version | undefined)[];
  /** The clock, in milliseconds since the epoch. */
  readonly now: number;
}

export interface History {
  readonly moments: readonly Moment[];
  /** Every version of each key, oldest first, by the key's number. */
  readonly versions: readonly (readonly Version[])[];
  /** Every content that the index has had after a step, and another tag's. */
  readonly indexes: readonly Buffer[];
}

export function sidecarName(key: number): string {
  const hash = hashKey(KEYS[key] ?? '');
  return `entries/${hash.slice(0, 2)}/${hash}.json`;
}

export function entryName(key: number, generation: string): string {
  return sidecarName(key).replace('.json', `.${generation}`);
}

type Step =
  | { readonly step: 'set'; readonly key: number; readonly kind: ValueKind; readonly ttl: number | undefined }
  | { readonly step: 'delete'; readonly key: number }
  | { readonly step: 'read' | 'evict' | 'cleanup' | 'compact' | 'clear' | 'reopen' | 'wait' };

const key = fc.nat(KEYS.length - 1);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        step: fc.constant('set' as const),
        key,
        kind: fc.constantFrom(...VALUE_KINDS),
        ttl: fc.option(fc.constantFrom(50, 5000), { nil: undefined, freq: 4 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ step: fc.constant('delete' as const), key }) },
    {
      weight: 6,
      arbitrary: fc.record({
        step: fc.constantFrom('read' as const, 'evict', 'cleanup', 'compact', 'reopen', 'reopen', 'wait', 'wait'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ step: fc.constant('clear' as const) }) },
  ),
  { minLength: 8, maxLength: 20, size: 'max' },
);

/** Makes so many histories, always the same for the same seed but for the names of generations. */
export async function makeHistories(root: string, seed: number, count: number): Promise<History[]> {
  const histories: History[] = [];
  for (const script of fc.sample(steps, { seed, numRuns: count })) {
    const folder = fs.mkdtempSync(join(root, 'history-'));
    histories.push(await live(folder, script));
    fs.rmSync(folder, { recursive: true });
  }
  return histories;
}

async function live(cacheRoot: string, script: readonly Step[]): Promise<History> {
  const clock = new ManualClock();
  const open = (maxSizeBytes = 2 ** 30, tag = TAG) =>
    new DiskCacheManager({ cacheRoot, tag, maxSizeBytes, clock: clock.now, memoryMaxBytes: 0 });
  const folder = join(cacheRoot, TAG);
  const versions: Version[][] = KEYS.map(() => []);
  const moments: Moment[] = [];
  const other = open(2 ** 30, 'other');
  other.setSync(KEYS[0] ?? '', 'of another tag');
  const indexes: Buffer[] = [fs.readFileSync(join(cacheRoot, 'other', 'index.jsonl'))];
  other.closeSync();
  let cache = open();
  for (const step of script) {
    switch (step.step) {
      case 'set': {
        const value = makeValue(step.key, versions[step.key]?.length ?? 0, step.kind);
        cache.setSync(KEYS[step.key] ?? '', value, step.ttl === undefined ? undefined : { ttl: step.ttl });
        versions[step.key]?.push(readVersion(folder, step.key, value));
        break;
      }
      case 'delete':
        cache.deleteSync(KEYS[step.key] ?? '');
        break;
      case 'read':
        for (const name of KEYS) cache.getSync(name);
        break;
      case 'evict': {
        const small = open(30_000);
        small.cleanupSync();
        small.closeSync();
        break;
      }
      case 'cleanup':
        cache.cleanupSync();
        break;
      case 'compact':
        await cache.check({ repair: true });
        break;
      case 'clear':
        cache.clearSync();
        break;
      case 'reopen':
        cache.closeSync();
        cache = open();
        break;
      case 'wait':
        clock.advance(30);
        break;
    }
    const image = readImage(folder);
    moments.push({ image, newest: KEYS.map((_, number) => liveVersion(image, number, versions)), now: clock.now() });
    const index = bytesAt(image, 'index.jsonl');
    if (index !== undefined) indexes.push(index);
  }
  cache.closeSync();
  return { moments, versions, indexes };
}

function readVersion(folder: string, key: number, value: unknown): Version {
  const sidecar = fs.readFileSync(join(folder, sidecarName(key)));
  const { generation, expires } = generationIn(sidecar) ?? { generation: '', expires: 0 };
  return { key, generation, value, sidecar, entry: fs.readFileSync(join(folder, entryName(key, generation))), expires };
}

function generationIn(sidecar: Buffer | undefined): { generation: string; expires: number } | undefined {
  return sidecar === undefined ? undefined : parseSidecar(sidecar.toString());
}

function liveVersion(image: TagImage, key: number, versions: readonly (readonly Version[])[]): Version | undefined {
  const found = generationIn(bytesAt(image, sidecarName(key)));
  if (found === undefined || !image.has(entryName(key, found.generation))) return undefined;
  return versions[key]?.find(({ generation }) => generation === found.generation);
}
