/**
 * What can happen to a tag's files behind the cache's back, one thing at a time.
 */

import fc from 'fast-check';
import { REAP_FOLDER } from '../../../src/disk/files/paths.ts';
import { entryName, type History, type Moment, sidecarName, type Version } from './history.ts';
import { damageIndex, type IndexDamage, indexDamages } from './index-damages.ts';
import type { Outside } from './outside.ts';
import { bytesAt, type ImageNode, putInto, removeFrom, type TagImage } from './tag-image.ts';
import { KEYS } from './values.ts';

/** What can stand in a file's place. */
const IMPOSTORS = ['folder', 'full folder', 'link', 'link to nowhere', 'link to itself', 'pipe', 'socket'] as const;
export type Impostor = (typeof IMPOSTORS)[number];

/** Which of an entry's files. */
type Which = 'entry' | 'sidecar';

/** What happens to the bytes of a file; parts are thousandths of its length. */
interface ContentDamage {
  readonly damage: 'cut' | 'zeros' | 'garbage' | 'hole' | 'grown';
  readonly key: number;
  readonly which: Which;
  readonly part: number;
}

export type Damage =
  | ContentDamage
  | { readonly damage: 'gone'; readonly key: number; readonly which: Which }
  | { readonly damage: 'impostor'; readonly key: number; readonly which: Which; readonly as: Impostor }
  | { readonly damage: 'swapped'; readonly key: number; readonly other: number; readonly which: Which | 'both' }
  | { readonly damage: 'back'; readonly key: number; readonly version: number; readonly which: Which | 'both' }
  | { readonly damage: 'temporary'; readonly key: number; readonly as: 'file' | Impostor }
  | { readonly damage: 'reaping'; readonly key: number; readonly as: 'file' | 'at work' | Impostor }
  | { readonly damage: 'shard'; readonly key: number; readonly as: 'file' | 'gone' | Impostor }
  | { readonly damage: 'entries' | 'locks'; readonly as: 'file' | 'gone' | Impostor }
  | { readonly damage: 'lock'; readonly as: 'file' | 'stale' | 'stale and full' | 'from the future' | Impostor }
  | IndexDamage;

const key = fc.nat(KEYS.length - 1);
const part = fc.nat(1000);
const which = fc.constantFrom<Which[]>('entry', 'sidecar');
const whichOrBoth = fc.constantFrom<(Which | 'both')[]>('entry', 'sidecar', 'both', 'both');
const impostor = fc.constantFrom<Impostor[]>(...IMPOSTORS);
const is = <T extends string>(...names: T[]) => fc.constantFrom<T[]>(...names);

const entryDamages: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ damage: is('cut', 'zeros', 'garbage', 'hole', 'grown'), key, which, part }) },
  { weight: 1, arbitrary: fc.record({ damage: is('gone'), key, which }) },
  { weight: 2, arbitrary: fc.record({ damage: is('impostor'), key, which, as: impostor }) },
  { weight: 2, arbitrary: fc.record({ damage: is('swapped'), key, other: key, which: whichOrBoth }) },
  { weight: 3, arbitrary: fc.record({ damage: is('back'), key, version: fc.nat(9), which: whichOrBoth }) },
);
const leftOvers: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ damage: is('temporary'), key, as: fc.oneof(is<'file' | Impostor>('file'), impostor) }),
  fc.record({
    damage: is('reaping'),
    key,
    as: fc.oneof(is<'file' | 'at work' | Impostor>('at work', 'file'), impostor),
  }),
  fc.record({
    damage: is('lock'),
    as: fc.oneof(
      is<(Damage & { damage: 'lock' })['as']>('stale', 'stale and full', 'from the future', 'file'),
      impostor,
    ),
  }),
);
const folderDamages: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ damage: is('shard'), key, as: fc.oneof(is<'file' | 'gone' | Impostor>('file', 'gone'), impostor) }),
  fc.record({ damage: is('entries', 'locks'), as: fc.oneof(is<'file' | 'gone' | Impostor>('file', 'gone'), impostor) }),
);

/** Everything that the generated states are made of. */
export const damages: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 10, arbitrary: entryDamages },
  { weight: 6, arbitrary: indexDamages(impostor) },
  { weight: 2, arbitrary: leftOvers },
  { weight: 1, arbitrary: folderDamages },
);

/** Where damage is done. */
export interface Scene {
  readonly history: History;
  readonly moment: Moment;
  readonly outside: Outside;
}

/** Does one damage to an image. */
export function inflict(image: TagImage, damage: Damage, scene: Scene): void {
  switch (damage.damage) {
    case 'cut':
    case 'zeros':
    case 'garbage':
    case 'hole':
    case 'grown':
    case 'gone':
    case 'impostor': {
      const name = nameOf(damage.which, damage.key, scene.moment);
      const bytes = name === undefined ? undefined : bytesAt(image, name);
      if (name === undefined || bytes === undefined) return;
      if (damage.damage === 'gone') removeFrom(image, name);
      else if (damage.damage === 'impostor') putInto(image, name, impostorOf(damage.as, bytes, scene));
      else image.set(name, { kind: 'file', bytes: damaged(bytes, damage) });
      return;
    }
    case 'swapped':
      swap(image, damage, scene.moment);
      return;
    case 'back': {
      const versions = scene.history.versions[damage.key] ?? [];
      const version = versions[damage.version % Math.max(1, versions.length)];
      if (version !== undefined) bringBack(image, version, damage.which);
      return;
    }
    case 'temporary': {
      const name = `${sidecarName(damage.key).replace('.json', '')}.${'0'.repeat(24)}.tmp`;
      putUnlessUnreal(image, name, damage.as, Buffer.from('{"version":1,'), scene);
      return;
    }
    case 'reaping': {
      const folder = `${shardOf(damage.key)}/${REAP_FOLDER}`;
      if (damage.as !== 'at work') {
        putUnlessUnreal(image, folder, damage.as, Buffer.alloc(0), scene);
        return;
      }
      if (!isRealFolder(image, shardOf(damage.key))) return;
      putInto(image, folder, { kind: 'folder' });
      const taken = sidecarName(damage.key);
      const bytes = bytesAt(image, taken) ?? Buffer.alloc(0);
      const own = `${folder}/${'1'.repeat(24)}`;
      putInto(image, own, { kind: 'folder' });
      putInto(image, `${own}/${taken.slice(taken.lastIndexOf('/') + 1)}`, { kind: 'file', bytes });
      return;
    }
    case 'shard':
      putUnlessUnreal(image, shardOf(damage.key), damage.as, Buffer.from('no folder'), scene);
      return;
    case 'entries':
    case 'locks':
      putUnlessUnreal(image, damage.damage, damage.as, Buffer.from('no folder'), scene);
      return;
    case 'lock':
      putLock(image, damage.as, scene);
      return;
    default:
      damageIndex(image, damage, scene.history.indexes, (as, bytes) => impostorOf(as, bytes, scene));
  }
}

function shardOf(key: number): string {
  const name = sidecarName(key);
  return name.slice(0, name.lastIndexOf('/'));
}

function nameOf(which: Which, key: number, { newest }: Moment): string | undefined {
  if (which === 'sidecar') return sidecarName(key);
  const version = newest[key];
  return version && entryName(key, version.generation);
}

/** What stands in the place of a file, or leads from there to one that is like it. */
function impostorOf(as: Impostor, bytes: Buffer, { outside }: Scene): ImageNode {
  switch (as) {
    case 'folder':
    case 'pipe':
    case 'socket':
      return { kind: as };
    case 'full folder':
      return { kind: 'folder', holding: bytes };
    case 'link':
      return { kind: 'link', target: outside.addFile(bytes) };
    case 'link to nowhere':
      return { kind: 'link', target: outside.nowhere };
    case 'link to itself':
      return { kind: 'link', target: '.' };
  }
}

function putUnlessUnreal(
  image: TagImage,
  name: string,
  as: 'file' | 'gone' | Impostor,
  bytes: Buffer,
  scene: Scene,
): void {
  const parent = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '';
  if (parent !== '' && !isRealFolder(image, parent)) return;
  if (as === 'gone') removeFrom(image, name);
  else if (as === 'file') putInto(image, name, { kind: 'file', bytes });
  else if (as === 'link') putInto(image, name, { kind: 'link', target: scene.outside.folder });
  // What has no name of ours in a folder of ours is nobody's to remove.
  else if (as === 'full folder') putInto(image, name, { kind: 'folder' });
  else putInto(image, name, impostorOf(as, bytes, scene));
}

function putLock(image: TagImage, as: (Damage & { damage: 'lock' })['as'], scene: Scene): void {
  const name = 'index.lock';
  const changed = new Date(Date.now() + (as === 'from the future' ? 3_600_000 : -3_600_000));
  if (as === 'stale' || as === 'from the future') putInto(image, name, { kind: 'folder', changed });
  else if (as === 'stale and full') putInto(image, name, { kind: 'folder', holding: Buffer.alloc(1), changed });
  else putUnlessUnreal(image, name, as, Buffer.from('no folder'), scene);
}

/** Whether a folder stands under a name, and under all the names above it. */
export function isRealFolder(image: TagImage, name: string): boolean {
  const parts = name.split('/');
  return parts.every((_, index) => image.get(parts.slice(0, index + 1).join('/'))?.kind === 'folder');
}

function damaged(bytes: Buffer, { damage, part }: ContentDamage): Buffer {
  const at = Math.floor((bytes.length * part) / 1000);
  const copy = Buffer.from(bytes);
  switch (damage) {
    case 'grown':
      return Buffer.concat([bytes, Buffer.from('more')]);
    case 'cut':
      return copy.subarray(0, at);
    case 'zeros':
      return copy.fill(0, at);
    case 'hole':
      return copy.fill(0, at - (at % 512), Math.min(copy.length, at - (at % 512) + 512));
    case 'garbage':
      return copy.fill('\xff{"\0\x07', at, Math.min(copy.length, at + 7), 'latin1');
  }
}

function bringBack(image: TagImage, version: Version, which: Which | 'both'): void {
  if (!isRealFolder(image, shardOf(version.key))) return;
  const { key, generation, sidecar, entry } = version;
  if (which !== 'entry') putInto(image, sidecarName(key), { kind: 'file', bytes: sidecar });
  if (which !== 'sidecar') putInto(image, entryName(key, generation), { kind: 'file', bytes: entry });
}

/** Exchanges the content of two keys' files; or gives one key all that is the other's, under its own names. */
function swap(image: TagImage, { key, other, which }: Damage & { damage: 'swapped' }, moment: Moment): void {
  if (which === 'both') {
    const version = moment.newest[other];
    if (version !== undefined) bringBack(image, { ...version, key }, 'both');
    return;
  }
  const [one, two] = [nameOf(which, key, moment), nameOf(which, other, moment)];
  if (one === undefined || two === undefined) return;
  const [oneBytes, twoBytes] = [bytesAt(image, one), bytesAt(image, two)];
  if (oneBytes === undefined || twoBytes === undefined) return;
  image.set(one, { kind: 'file', bytes: twoBytes });
  image.set(two, { kind: 'file', bytes: oneBytes });
}
