/**
 * The figures that matter most, on top.
 */

import type { ComponentChildren } from 'preact';
import type { Report } from '../report.ts';
import { percentText, rateText, sizeText, wholeNumber } from '../words.ts';

/** The tiles. */
export function SummaryTiles({ report }: { readonly report: Report }) {
  const { totals, tags, hitRates } = report;
  const { entries, sizeBytes, maxSizeBytes, usedShare, expired, neverExpire } = totals;
  const reads = hitRates.hits + hitRates.misses;
  const limits = tags.length === 1 ? 'of one tag' : `of ${wholeNumber(tags.length)} tags together`;
  return (
    <dl class="tiles">
      <Tile
        name="Entries"
        figure="entries"
        value={entries}
        note={`in ${tags.length === 1 ? '1 tag' : `${wholeNumber(tags.length)} tags`}`}
      >
        {wholeNumber(entries)}
      </Tile>
      <Tile name="Disk space" figure="size" value={sizeBytes} note={`${percentText(usedShare)} of the limit`}>
        {sizeText(sizeBytes)}
      </Tile>
      <Tile name="Limit" figure="limit" value={maxSizeBytes} note={limits}>
        {sizeText(maxSizeBytes)}
      </Tile>
      <Tile
        name="Hit rate"
        figure="hit-rate"
        value={hitRates.hitRate ?? ''}
        note={reads === 0 ? 'no reads on record' : `of ${wholeNumber(reads)} reads`}
      >
        {rateText(hitRates.hitRate)}
      </Tile>
      <Tile
        name="Expired"
        figure="expired"
        value={expired}
        note={expired === 0 ? 'nothing to clean up' : 'cleanup removes them'}
      >
        {wholeNumber(expired)}
      </Tile>
      <Tile
        name="Never expire"
        figure="never-expire"
        value={neverExpire}
        note={entries === 0 ? 'no entries' : `${percentText(neverExpire / entries)} of the entries`}
      >
        {wholeNumber(neverExpire)}
      </Tile>
    </dl>
  );
}

function Tile(props: {
  readonly name: string;
  /** By what scripts find it. */
  readonly figure: string;
  readonly value: number | string;
  readonly note: string;
  readonly children: ComponentChildren;
}) {
  const { name, figure, value, note, children } = props;
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd>
        <data id={`figure-${figure}`} value={value}>
          {children}
        </data>
        <span class="note">{note}</span>
      </dd>
    </div>
  );
}
