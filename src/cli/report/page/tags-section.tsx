/**
 * How much each tag holds.
 */

import { type BarRow, BarsPicture, words } from '../figures/bars-picture.tsx';
import { classOfTag, type Tone } from '../figures/tag-tones.ts';
import type { Report, TagFigures } from '../report.ts';
import { percentText, sizeText, wholeNumber } from '../words.ts';
import { Card, Section } from './card.tsx';
import { type Cell, DataTable } from './data-table.tsx';

const NEARLY_FULL = 0.9;

/** The tags of the root. */
export function TagsSection({ report, tones }: { readonly report: Report; readonly tones: readonly Tone[] }) {
  const { tags } = report;
  const rows = (amountOf: (tag: TagFigures) => number, figureOf: (tag: TagFigures) => string) =>
    tags.map((tag): BarRow => {
      return { name: tag.tag, amount: amountOf(tag), figure: figureOf(tag), className: classOfTag(tones, tag.tag) };
    });
  const sizes = rows(
    ({ sizeBytes }) => sizeBytes,
    ({ sizeBytes }) => sizeText(sizeBytes),
  );
  const entries = rows(
    (tag) => tag.entries,
    (tag) => wholeNumber(tag.entries),
  );
  const shares = rows(({ usedShare }) => usedShare, shareFigure).map((row, at) => {
    return (tags[at]?.usedShare ?? 0) >= NEARLY_FULL ? { ...row, className: 'full' } : row;
  });
  return (
    <Section
      id="tags"
      title="Tags"
      about="Each tag is a cache of its own, with a limit of its own. Sizes are the disk space that entries take."
    >
      <Card title="Share of the limit">
        <BarsPicture label={`Share of the limit by tag: ${words(shares)}`} rows={shares} most={1} hasTrack />
      </Card>
      <Card title="Disk space">
        <BarsPicture label={`Disk space by tag: ${words(sizes)}`} rows={sizes} most={mostOf(sizes)} />
      </Card>
      <Card title="Entries">
        <BarsPicture label={`Entries by tag: ${words(entries)}`} rows={entries} most={mostOf(entries)} />
      </Card>
      <Card title="All figures" isWide>
        <DataTable
          wide
          caption="Tags with their figures"
          columns={[
            { heading: 'Tag' },
            ...[
              'Entries',
              'Disk space',
              'Limit',
              'Used',
              'Free',
              'Values',
              'Expired',
              'Over the limit',
              'Never expire',
            ].map((heading) => ({ heading, isFigure: true })),
          ]}
          rows={tags.map(cellsOf)}
        />
      </Card>
    </Section>
  );
}

function mostOf(rows: readonly BarRow[]): number {
  return Math.max(0, ...rows.map(({ amount }) => amount ?? 0));
}

function shareFigure({ usedShare, sizeBytes, maxSizeBytes }: TagFigures): string {
  const warning = usedShare > 1 ? 'over: ' : usedShare >= NEARLY_FULL ? 'nearly full: ' : '';
  return `${warning}${percentText(usedShare)} · ${sizeText(sizeBytes)} of ${sizeText(maxSizeBytes)}`;
}

function cellsOf(figures: TagFigures): readonly Cell[] {
  const { tag, entries, sizeBytes, maxSizeBytes, usedShare, valueBytes, expired, overLimit, neverExpire } = figures;
  const free = Math.max(0, 1 - usedShare);
  return [
    { content: tag },
    { content: wholeNumber(entries), value: entries },
    { content: sizeText(sizeBytes), value: sizeBytes },
    { content: sizeText(maxSizeBytes), value: maxSizeBytes },
    { content: percentText(usedShare), value: usedShare },
    { content: percentText(free), value: free },
    { content: sizeText(valueBytes), value: valueBytes },
    { content: wholeNumber(expired), value: expired },
    { content: wholeNumber(overLimit), value: overLimit },
    { content: wholeNumber(neverExpire), value: neverExpire },
  ];
}
