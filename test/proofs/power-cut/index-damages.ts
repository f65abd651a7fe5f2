/**
 * What can happen to the index.
 */

import fc from 'fast-check';
import type { Impostor } from './damages.ts';
import { bytesAt, type ImageNode, putInto, removeFrom, type TagImage } from './tag-image.ts';

export const INDEX = 'index.jsonl';

/** What happens to some lines that follow each other. */
interface RangeDamage {
  readonly damage: 'lines doubled' | 'lines moved' | 'lines lost' | 'lines torn';
  readonly from: number;
  readonly count: number;
  readonly to: number;
}

/** Parts are thousandths of a file's length, lines are counted modulo their number. */
export type IndexDamage =
  | { readonly damage: 'index cut' | 'index zeros' | 'index hole' | 'index garbage'; readonly part: number }
  | RangeDamage
  | { readonly damage: 'lines shuffled'; readonly seed: number }
  | { readonly damage: 'garbage line'; readonly line: number; readonly to: number }
  | { readonly damage: 'other index'; readonly index: number }
  | { readonly damage: 'index doubled' }
  | { readonly damage: 'index gone' }
  | { readonly damage: 'index without header' }
  | { readonly damage: 'index impostor'; readonly as: Impostor }
  | { readonly damage: 'index left over'; readonly ending: 'tmp' | 'foreign'; readonly as: 'file' | Impostor };

const GARBAGE = [
  '\0\0\0\0\0\0',
  '["set"',
  '["evict","',
  '{"format":',
  '{}',
  '[]',
  'null',
  '["done"] ',
  '["done"]["done"]',
  '\xff\xfe\x80',
  '"',
  '["set","__proto__","",0,0,0,0,"json",0,"__proto__"]',
  `["del","${'0'.repeat(40)}"]`,
  `["evict","${'0'.repeat(40)}","${'0'.repeat(24)}"]`,
];

/** @param impostor what can stand in the place of the index. */
export function indexDamages(impostor: fc.Arbitrary<Impostor>): fc.Arbitrary<IndexDamage> {
  const part = fc.nat(1000);
  const line = fc.nat(60);
  const is = <T extends string>(...names: T[]) => fc.constantFrom<T[]>(...names);
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ damage: is('index cut', 'index zeros', 'index hole', 'index garbage'), part }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        damage: is('lines doubled', 'lines moved', 'lines lost', 'lines torn'),
        from: line,
        count: fc.integer({ min: 1, max: 6 }),
        to: line,
      }),
    },
    { weight: 1, arbitrary: fc.record({ damage: is('lines shuffled'), seed: fc.nat() }) },
    {
      weight: 2,
      arbitrary: fc.record({ damage: is('garbage line'), line: fc.nat(GARBAGE.length - 1), to: line }),
    },
    { weight: 4, arbitrary: fc.record({ damage: is('other index'), index: fc.nat(30) }) },
    { weight: 1, arbitrary: fc.record({ damage: is('index doubled') }) },
    { weight: 1, arbitrary: fc.record({ damage: is('index gone') }) },
    { weight: 1, arbitrary: fc.record({ damage: is('index without header') }) },
    { weight: 1, arbitrary: fc.record({ damage: is('index impostor'), as: impostor }) },
    {
      weight: 1,
      arbitrary: fc.record({
        damage: is('index left over'),
        ending: is('tmp', 'foreign'),
        as: fc.oneof(is<'file' | Impostor>('file'), impostor),
      }),
    },
  );
}

/** Does one damage to an image's index. */
export function damageIndex(
  image: TagImage,
  damage: IndexDamage,
  indexes: readonly Buffer[],
  impostorOf: (as: Impostor, bytes: Buffer) => ImageNode,
): void {
  const bytes = bytesAt(image, INDEX);
  if (damage.damage === 'other index') {
    const other = indexes[damage.index % indexes.length];
    if (other !== undefined) putInto(image, INDEX, { kind: 'file', bytes: other });
    return;
  }
  if (damage.damage === 'index left over') {
    const name = `${INDEX}.${'2'.repeat(24)}.${damage.ending}`;
    const content = bytes ?? Buffer.from('left over');
    putInto(image, name, damage.as === 'file' ? { kind: 'file', bytes: content } : impostorOf(damage.as, content));
    return;
  }
  if (bytes === undefined) return;
  if (damage.damage === 'index gone') removeFrom(image, INDEX);
  else if (damage.damage === 'index impostor') putInto(image, INDEX, impostorOf(damage.as, bytes));
  else image.set(INDEX, { kind: 'file', bytes: damaged(bytes, damage) });
}

type ContentDamage = Exclude<
  IndexDamage,
  { damage: 'other index' | 'index left over' | 'index gone' | 'index impostor' }
>;

function damaged(bytes: Buffer, damage: ContentDamage): Buffer {
  switch (damage.damage) {
    case 'index cut':
      return bytes.subarray(0, position(bytes, damage.part));
    case 'index zeros':
      return Buffer.from(bytes).fill(0, position(bytes, damage.part));
    case 'index hole': {
      const at = position(bytes, damage.part);
      return Buffer.from(bytes).fill(0, at - (at % 512), Math.min(bytes.length, at - (at % 512) + 512));
    }
    case 'index garbage': {
      const at = position(bytes, damage.part);
      return Buffer.from(bytes).fill('\xff["s\0\n', at, Math.min(bytes.length, at + 9), 'latin1');
    }
    case 'index doubled':
      return Buffer.concat([bytes, bytes]);
    default:
      return joined(reordered(linesOf(bytes), damage));
  }
}

function position(bytes: Buffer, part: number): number {
  return Math.floor((bytes.length * part) / 1000);
}

function linesOf(bytes: Buffer): string[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
}

function joined(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\n\n')}\n`, 'latin1');
}

type LineDamage = Exclude<
  ContentDamage,
  { damage: 'index cut' | 'index zeros' | 'index hole' | 'index garbage' | 'index doubled' }
>;

function reordered(lines: string[], damage: LineDamage): string[] {
  switch (damage.damage) {
    case 'index without header':
      return lines.filter((line) => !line.startsWith('{'));
    case 'garbage line':
      return lines.toSpliced(damage.to % (lines.length + 1), 0, GARBAGE[damage.line] ?? '');
    case 'lines shuffled':
      return shuffled(lines, damage.seed);
    case 'lines doubled':
    case 'lines moved':
    case 'lines lost':
    case 'lines torn':
      return rearranged(lines, damage);
  }
}

function rearranged(lines: string[], { damage, from, count, to }: RangeDamage): string[] {
  const start = from % Math.max(1, lines.length);
  const chosen = lines.slice(start, start + count);
  const rest = lines.toSpliced(start, count);
  switch (damage) {
    case 'lines doubled':
      return lines.toSpliced(to % (lines.length + 1), 0, ...chosen);
    case 'lines moved':
      return rest.toSpliced(to % (rest.length + 1), 0, ...chosen);
    case 'lines lost':
      return rest;
    case 'lines torn':
      return rest.toSpliced(start, 0, ...chosen.map((line) => line.slice(0, Math.floor(line.length / 2))));
  }
}

function shuffled(lines: readonly string[], seed: number): string[] {
  const left = [...lines];
  const result: string[] = [];
  for (let state = seed; left.length > 0; state = (state * 1_103_515_245 + 12_345) % 2 ** 31) {
    result.push(...left.splice(state % left.length, 1));
  }
  return result;
}
