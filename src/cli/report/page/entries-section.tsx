/**
 * Entries that stand out.
 */

import { printable } from '../../format.ts';
import { BarsPicture, words } from '../figures/bars-picture.tsx';
import { classOfTag, type Tone } from '../figures/tag-tones.ts';
import type { EntryFigures, Report } from '../report.ts';
import { agoText, shorten, sizeText, timeText, untilText } from '../words.ts';
import { Card, Section } from './card.tsx';
import { type Cell, DataTable } from './data-table.tsx';
import { KeyText } from './key-text.tsx';
import { HistogramFigure } from './times-section.tsx';

/** How many entries the pictures have. */
const BARS = 6;
/** The most that they say of a key; the tables have all of it. */
const LONGEST_NAME = 100;

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
      <Card title="Largest" about="By the size of their values">
        <EntryBars
          name="Largest entries"
          entries={largest}
          tones={tones}
          amountOf={(entry) => entry.size}
          figureOf={(entry) => sizeText(entry.size)}
        />
      </Card>
      <Card title="Oldest" about="By the time since they were set">
        <EntryBars
          name="Oldest entries"
          entries={oldest}
          tones={tones}
          amountOf={(entry) => Math.max(0, Date.parse(generated) - Date.parse(entry.created))}
          figureOf={(entry) => agoText(entry.created, generated)}
        />
      </Card>
      <List title="Largest entries" entries={largest} now={generated} />
      <List title="Oldest entries" entries={oldest} now={generated} />
      <List title="Entries that expire next" entries={expiringNext} now={generated} />
    </Section>
  );
}

/** The first few of a list, as bars. */
function EntryBars(props: {
  readonly name: string;
  readonly entries: readonly EntryFigures[];
  readonly tones: readonly Tone[];
  readonly amountOf: (entry: EntryFigures) => number;
  readonly figureOf: (entry: EntryFigures) => string;
}) {
  const { name, entries, tones, amountOf, figureOf } = props;
  const rows = entries.slice(0, BARS).map((entry) => ({
    name: shorten(printable(entry.key), LONGEST_NAME),
    amount: amountOf(entry),
    figure: figureOf(entry),
    className: classOfTag(tones, entry.tag),
  }));
  if (rows.length === 0) return <p class="note">None.</p>;
  const most = Math.max(...rows.map(({ amount }) => amount));
  return <BarsPicture label={`${name}: ${words(rows)}`} rows={rows} most={most} />;
}

function List(props: { readonly title: string; readonly entries: readonly EntryFigures[]; readonly now: string }) {
  const { title, entries, now } = props;
  return (
    <Card title={title} isWide>
      {entries.length === 0 ? (
        <p class="note">None.</p>
      ) : (
        <DataTable wide caption={title} columns={COLUMNS} rows={entries.map((entry) => cellsOf(entry, now))} />
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
