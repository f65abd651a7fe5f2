/**
 * How reads fared.
 */

import { BarsPicture, words } from '../figures/bars-picture.tsx';
import { RatePicture } from '../figures/rate-picture.tsx';
import type { HitRates, PeriodReads, Reads } from '../report.ts';
import { percentText, rateText, timeText, wholeNumber } from '../words.ts';
import { Card, Section } from './card.tsx';
import { type Cell, DataTable, Numbers } from './data-table.tsx';

const PERIOD = { sessions: 'Session', hours: 'Hour', days: 'Day' } as const;

/** Hit rates by tag and over time or, if nothing is on record, how that comes about. */
export function HitRatesSection({ hitRates }: { readonly hitRates: HitRates }) {
  const { sessions, skipped, byTag, periods, periodsAre } = hitRates;
  if (sessions === 0) {
    return (
      <Section
        id="hit-rates"
        title="Hit rates"
        about={aboutSkipped(skipped) ?? 'No program has stored a session here yet.'}
      >
        <Card title="How to get some" isWide>
          <p>
            Hits and misses are counted by each process for itself, and are gone when it ends. A program that stores its
            session leaves them here: measure its caches with <code>SessionMetrics</code> of{' '}
            <code>glovebox-cache/metrics</code> and call <code>storeSession</code> before it ends. The commands{' '}
            <code>exec</code> and <code>build</code> do that with <code>--metrics</code>.
          </p>
        </Card>
      </Section>
    );
  }
  const rows = byTag.map(({ tag, hitRate, ...reads }) => {
    return { name: tag, amount: hitRate, figure: `${rateText(hitRate)} of ${readsText(reads)}`, className: 'rate' };
  });
  const about = `What ${sessions === 1 ? '1 session' : `${wholeNumber(sessions)} sessions`} of programs stored about their reads.`;
  return (
    <Section id="hit-rates" title="Hit rates" about={[about, aboutSkipped(skipped)].filter(Boolean).join(' ')}>
      <Card title="By tag" about="Reads that found a live entry, of all reads">
        <BarsPicture label={`Hit rate by tag: ${words(rows)}`} rows={rows} most={1} hasTrack />
      </Card>
      <Card title="Over time" about={`By ${PERIOD[periodsAre].toLowerCase()}; the bars below are reads`}>
        <RatePicture
          label={`Hit rate by ${PERIOD[periodsAre].toLowerCase()}: ${periods.map((period) => `${nameOf(period, periodsAre)} ${rateText(period.hitRate)}`).join(', ')}`}
          periods={periods}
          nameOf={(period) => nameOf(period, periodsAre)}
        />
        <Numbers
          caption="Reads over time"
          columns={[
            { heading: PERIOD[periodsAre] },
            ...['Hit rate', 'Hits', 'Misses'].map((heading) => ({ heading, isFigure: true })),
          ]}
          rows={periods.map((period) => [
            { content: nameOf(period, periodsAre), value: Date.parse(period.from) },
            ...readCells(period),
          ])}
        />
      </Card>
      <Card title="Reads by tag" about="Of all sessions together" isWide>
        <DataTable
          wide
          caption="Reads by tag"
          columns={[
            { heading: 'Tag' },
            ...['Hit rate', 'Hits', 'Misses', 'Errors'].map((heading) => ({ heading, isFigure: true })),
          ]}
          rows={byTag.map((tag) => [
            { content: tag.tag },
            ...readCells(tag),
            { content: wholeNumber(tag.errors), value: tag.errors },
          ])}
        />
      </Card>
    </Section>
  );
}

function readCells({ hitRate, hits, misses }: Reads): readonly Cell[] {
  return [
    { content: hitRate === null ? '–' : percentText(hitRate), value: hitRate ?? -1 },
    { content: wholeNumber(hits), value: hits },
    { content: wholeNumber(misses), value: misses },
  ];
}

function readsText({ hits, misses }: Omit<Reads, 'hitRate'>): string {
  return hits + misses === 1 ? '1 read' : `${wholeNumber(hits + misses)} reads`;
}

function aboutSkipped(skipped: number): string | undefined {
  if (skipped === 0) return undefined;
  return skipped === 1
    ? '1 entry under the key of a session is none that can be read, and was left out.'
    : `${wholeNumber(skipped)} entries under keys of sessions are none that can be read, and were left out.`;
}

function nameOf({ from }: PeriodReads, periodsAre: HitRates['periodsAre']): string {
  return periodsAre === 'days' ? from.slice(0, 10) : timeText(from);
}
