/**
 * Entries that stand out.
 */

import type { Tone } from '../figures/tag-tones.ts';
import type { EntryFigures, Report } from '../report.ts';
import { agoText, sizeText, timeText, untilText } from '../words.ts';
import { Card, Section } from './card.tsx';
import { type Cell, DataTable } from './data-table.tsx';
import { KeyText } from './key-text.tsx';
import { HistogramFigure } from './times-section.tsx';

const COLUMNS = [
  { heading: 'Key' },
  { heading: 'Tag' },
  { heading: 'Size', isFigure: true },
  { heading: 'Set', isFigure: true },
  { heading: 'Last read', isFigure: true },
  { heading: 'Expires', isFigure: true },
];

/** Sizes, and the lists of entries. */
export function EntriesSection({ report, tones }: { readonly report: Report; readonly tones: readonly Tone[] }) {
  const { size, largest, oldest, expiringNext, generated } = report;
  return (
    <Section
      id="entries"
      title="Entries"
      about="Sizes here are those of the values, without what the file system adds."
    >
      <Card title="Sizes" about="Entries by the size of their values">
        <HistogramFigure name="Size" histogram={size} tones={tones} />
      </Card>
      <List title="Largest" entries={largest} now={generated} span={2} />
      <List title="Oldest" entries={oldest} now={generated} span={3} />
      <List title="Expiring next" entries={expiringNext} now={generated} span={3} />
    </Section>
  );
}

function List(props: {
  readonly title: string;
  readonly entries: readonly EntryFigures[];
  readonly now: string;
  readonly span: 2 | 3;
}) {
  const { title, entries, now, span } = props;
  return (
    <Card title={title} span={span}>
      {entries.length === 0 ? (
        <p class="note">None.</p>
      ) : (
        <DataTable
          wide
          caption={`${title} entries`}
          columns={COLUMNS}
          rows={entries.map((entry) => cellsOf(entry, now))}
        />
      )}
    </Card>
  );
}

function cellsOf({ key, tag, size, created, accessed, expires }: EntryFigures, now: string): readonly Cell[] {
  return [
    { content: <KeyText text={key} />, value: key },
    { content: tag },
    { content: sizeText(size), value: size },
    { content: <Moment iso={created} text={agoText(created, now)} />, value: Date.parse(created) },
    { content: <Moment iso={accessed} text={agoText(accessed, now)} />, value: Date.parse(accessed) },
    {
      content: expires === null ? 'never' : <Moment iso={expires} text={untilText(expires, now)} />,
      value: expires === null ? Number.MAX_VALUE : Date.parse(expires),
    },
  ];
}

function Moment({ iso, text }: { readonly iso: string; readonly text: string }) {
  return (
    <time dateTime={iso} title={timeText(iso)}>
      {text}
    </time>
  );
}
