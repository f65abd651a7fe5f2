/**
 * What a power cut makes of a tag on a file system with a journal.
 *
 * Names come and go in the order in which the cache made and removed them, and those of the last step perhaps only up
 * to some point; but what was written last into a file may be there, or not at all, or as zeros.
 */

import fc from 'fast-check';
import type { History } from './history.ts';
import { INDEX } from './index-damages.ts';
import { bytesAt, type ImageNode, type TagImage } from './tag-image.ts';

/** What became of a file's data. */
const LOSSES = ['kept', 'kept', 'empty', 'zeros', 'first block', 'zeros at the end'] as const;
/** What became of what was appended to the index. */
const INDEX_LOSSES = ['kept', 'as before', 'cut', 'zeros at the end', 'empty', 'zeros'] as const;

export interface PowerCut {
  /** How many of the next step's changes still happened, in thousandths. */
  readonly begun: number;
  /** The data of so many last steps may be lost. */
  readonly steps: number;
  /** For each file that was written in them, in turn. */
  readonly losses: readonly (typeof LOSSES)[number][];
  readonly index: (typeof INDEX_LOSSES)[number];
  /** Where the index was cut, in thousandths of what was appended. */
  readonly part: number;
}

export const powerCuts: fc.Arbitrary<PowerCut> = fc.record({
  begun: fc.nat(1000),
  steps: fc.integer({ min: 1, max: 8 }),
  losses: fc.array(fc.constantFrom(...LOSSES), { minLength: 12, maxLength: 12 }),
  index: fc.constantFrom(...INDEX_LOSSES),
  part: fc.nat(1000),
});

const BLOCK = 4096;

/** The tag as it is found after the power was cut behind a moment. */
export function cutPower(history: History, moment: number, cut: PowerCut): TagImage {
  const { moments } = history;
  const now = moments[moment]?.image ?? new Map<string, ImageNode>();
  const image = beginStep(now, moments[moment + 1]?.image ?? now, cut.begun);
  const synced = moments[moment - cut.steps]?.image ?? new Map<string, ImageNode>();
  let file = 0;
  for (const [name, node] of image) {
    const before = bytesAt(synced, name);
    if (node.kind !== 'file' || before?.equals(node.bytes)) continue;
    const bytes =
      name === INDEX ? loseAppended(node.bytes, before, cut) : lose(node.bytes, cut.losses[file++ % cut.losses.length]);
    image.set(name, { kind: 'file', bytes });
  }
  return image;
}

/** Some of a step's changes, in the order in which they are made: new files, new content, then removals. */
function beginStep(from: TagImage, to: TagImage, begun: number): TagImage {
  const rank = (name: string) => (name === INDEX ? 1 : name.endsWith('.json') ? 2 : 0);
  const put = [...to].filter(([name, node]) => !isSame(from.get(name), node)).sort(([a], [b]) => rank(a) - rank(b));
  const removed = [...from.keys()].filter((name) => !to.has(name));
  const changes = [
    ...put.map(
      ([name, node]) =>
        (image: TagImage) =>
          void image.set(name, node),
    ),
    ...removed.map((name) => (image: TagImage) => void image.delete(name)),
  ];
  const image: TagImage = new Map(from);
  for (const change of changes.slice(0, Math.floor((changes.length * begun) / 1001))) change(image);
  return image;
}

function isSame(one: ImageNode | undefined, other: ImageNode): boolean {
  if (one?.kind !== 'file' || other.kind !== 'file') return one?.kind === other.kind;
  return one.bytes.equals(other.bytes);
}

function lose(bytes: Buffer, loss: PowerCut['losses'][number] = 'kept'): Buffer {
  switch (loss) {
    case 'kept':
      return bytes;
    case 'empty':
      return Buffer.alloc(0);
    case 'zeros':
      return Buffer.alloc(bytes.length);
    case 'first block':
      return bytes.subarray(0, BLOCK);
    case 'zeros at the end':
      return Buffer.from(bytes).fill(0, Math.min(bytes.length, BLOCK));
  }
}

function loseAppended(bytes: Buffer, before: Buffer | undefined, { index, part }: PowerCut): Buffer {
  const known = before !== undefined && bytes.subarray(0, before.length).equals(before) ? before.length : 0;
  const at = known + Math.floor(((bytes.length - known) * part) / 1000);
  switch (index) {
    case 'kept':
      return bytes;
    case 'as before':
      return bytes.subarray(0, known);
    case 'cut':
      return bytes.subarray(0, at);
    case 'zeros at the end':
      return Buffer.from(bytes).fill(0, at);
    case 'empty':
      return Buffer.alloc(0);
    case 'zeros':
      return Buffer.alloc(bytes.length);
  }
}
