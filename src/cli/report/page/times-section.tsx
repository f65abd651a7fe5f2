/**
 * How old entries are, when they were read, how long they have to live.
 */

import { HistogramPicture, sharesText } from '../figures/histogram-picture.tsx';
import type { Tone } from '../figures/tag-tones.ts';
import type { Bar, Histogram, Report } from '../report.ts';
import { classText, percentText, wholeNumber } from '../words.ts';
import { Card, Section } from './card.tsx';
import { Numbers } from './data-table.tsx';

/** Ages and times to live. */
export function TimesSection({ report, tones }: { readonly report: Report; readonly tones: readonly Tone[] }) {
  const { age, sinceRead, timeLeft } = report;
  return (
    <Section
      id="times"
      title="Ages and times to live"
      about={tones.length > 1 ? 'Entries, counted by time; colours tell their tags.' : 'Entries, counted by time.'}
    >
      <Legend tones={tones} />
      <Card title="Age" about="Time since entries were set">
        <HistogramFigure name="Age" histogram={age} tones={tones} />
      </Card>
      <Card title="Last read" about="Time since entries were last read, or set">
        <HistogramFigure name="Time since last read" histogram={sinceRead} tones={tones} />
      </Card>
      <Card title="Time left" about="Until entries expire">
        <HistogramFigure
          name="Time left"
          histogram={timeLeft}
          tones={tones}
          aside={{ label: 'never', bar: timeLeft.never }}
        />
      </Card>
    </Section>
  );
}

/** A bar of a histogram as its numbers name it. */
interface Row {
  readonly text: string;
  readonly bar: Bar;
  readonly from: number;
}

/** A histogram with its numbers. */
export function HistogramFigure(props: {
  readonly name: string;
  readonly histogram: Histogram;
  readonly tones: readonly Tone[];
  readonly aside?: { readonly label: string; readonly bar: Bar };
}) {
  const { name, histogram, tones, aside } = props;
  const rows = histogram.bins.map((bin): Row => {
    return { text: classText(histogram.unit, bin.from, bin.to), bar: bin, from: bin.from };
  });
  if (aside !== undefined) rows.push({ text: aside.label, bar: aside.bar, from: Number.MAX_VALUE });
  const total = rows.reduce((sum, { bar }) => sum + bar.entries, 0);
  const filled = rows.filter(({ bar }) => bar.entries > 0);
  const said = filled.map(({ text, bar }) => `${text} ${wholeNumber(bar.entries)}`).join(', ');
  return (
    <>
      <HistogramPicture
        label={`${name}, entries: ${said === '' ? 'none' : said}`}
        histogram={histogram}
        tones={tones}
        {...(aside === undefined ? {} : { aside })}
      />
      <Numbers
        caption={`${name}, entries`}
        columns={[
          { heading: name },
          { heading: 'Entries', isFigure: true },
          { heading: 'Share', isFigure: true },
          { heading: 'Of which' },
        ]}
        rows={rows.map(({ text, bar, from }) => [
          { content: text, value: from },
          { content: wholeNumber(bar.entries), value: bar.entries },
          { content: total === 0 ? '–' : percentText(bar.entries / total), value: bar.entries },
          { content: sharesText(bar, tones) },
        ])}
      />
    </>
  );
}

/** Which colour is which tag. */
function Legend({ tones }: { readonly tones: readonly Tone[] }) {
  if (tones.length < 2) return null;
  return (
    <ul class="legend" aria-label="Colours of the tags">
      {tones.map(({ className, label }) => (
        <li key={label}>
          <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
            <rect class={className} width={10} height={10} rx={2} />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
