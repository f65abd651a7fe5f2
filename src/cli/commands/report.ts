/**
 * `report`: the state of a root, as a page, as JSON, or in short.
 */

import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { formatCount, formatSize } from '../format.ts';
import { tellNoTags } from '../open-tags.ts';
import { collectReport } from '../report/collect/collect-report.ts';
import type { Report } from '../report/report.ts';
import { summarize } from '../report/summary.ts';
import { findTarget, writeWhole } from '../write-whole.ts';

/** The options of `report`. */
export interface ReportOptions {
  readonly html?: string;
  readonly tag?: string;
  readonly top: number;
}

const STDOUT = '-';

/** Reports on a root, or on one tag of it. */
export async function report(context: CommandContext, { html, tag, top }: ReportOptions): Promise<number> {
  if (html === '') throw new CliError("--html must be the path of a file, or '-' for stdout; got ''", EXIT.usage);
  if (html === STDOUT && context.json) {
    throw new CliError('--html - and --json both want stdout; name a file with --html', EXIT.usage);
  }
  const target = html === undefined || html === STDOUT ? undefined : findTarget('--html', html, context.io.cwd);
  const { report: figures, exitCode } = await collectReport(context, { tag, top });
  if (html !== undefined) {
    // Loaded for a page alone: it brings what draws.
    const { renderPage } = await import('../report/page/render-page.tsx');
    const page = renderPage(figures);
    if (target === undefined) {
      await context.print(page);
      return exitCode;
    }
    writeWhole('--html', target, page);
    const sentence = `report written to ${target.path} (${formatSize(Buffer.byteLength(page))}): ${contents(figures)}`;
    if (context.json) await context.tell(sentence);
    else await context.print(`${sentence}\n`);
  }
  if (context.json) await context.printJson(figures);
  else if (figures.tags.length === 0 && figures.unreadable.length === 0) await tellNoTags(context);
  else if (html === undefined) await context.print(summarize(figures, context));
  return exitCode;
}

function contents({ tags, totals }: Report): string {
  return `${formatCount(tags.length, 'tag')}, ${formatCount(totals.entries, 'entry')}, ${formatSize(totals.sizeBytes)}`;
}
