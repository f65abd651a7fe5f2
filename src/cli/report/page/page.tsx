/**
 * The page's content, from top to bottom.
 */

import { NAME } from '../../context.ts';
import { printable } from '../../format.ts';
import { tonesOf } from '../figures/tag-tones.ts';
import type { Report } from '../report.ts';
import { timeText } from '../words.ts';
import { EntriesSection } from './entries-section.tsx';
import { HitRatesSection } from './hit-rates-section.tsx';
import { SummaryTiles } from './summary-tiles.tsx';
import { TagsSection } from './tags-section.tsx';
import { TimesSection } from './times-section.tsx';

/** All that stands in the page's body. */
export function Page({ report }: { readonly report: Report }) {
  const { root, exists, generated, tags, unreadable, hitRates } = report;
  const tones = tonesOf(report);
  const isEmpty = tags.length === 0 && unreadable.length === 0;
  return (
    <>
      <header>
        <div>
          <h1>Cache report</h1>
          <p class="about">
            <code id="root" dir="ltr">
              {printable(root)}
            </code>
            <span>
              as of{' '}
              <time id="generated" dateTime={generated}>
                {timeText(generated)}
              </time>
            </span>
          </p>
        </div>
        <button type="button" id="theme" hidden>
          Theme: system
        </button>
      </header>
      <main>
        {unreadable.map(({ tag, reason }) => (
          <p class="warning" key={tag}>
            <strong>{`Tag ${tag} could not be read`}</strong> and is not in the figures: {printable(reason)}
          </p>
        ))}
        {isEmpty && <p class="warning">{exists ? 'This root has no tags yet.' : 'This root does not exist yet.'}</p>}
        <SummaryTiles report={report} />
        {tags.length > 0 && <TagsSection report={report} tones={tones} />}
        <HitRatesSection hitRates={hitRates} />
        {tags.length > 0 && <TimesSection report={report} tones={tones} />}
        {tags.length > 0 && <EntriesSection report={report} tones={tones} />}
      </main>
      <footer>
        <p>
          Written by <code>{`${NAME} report`}</code>. Looking at entries did not count as reading them. Limits are those
          of the configuration that this command ran with; 1 KB is 1,024 bytes.
        </p>
      </footer>
    </>
  );
}
