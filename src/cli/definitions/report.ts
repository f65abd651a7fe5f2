/**
 * The command line of what reports on a root.
 */

import type { Command } from 'commander';
import { countArgument } from '../arguments.ts';
import type { Definer } from '../definer.ts';

const DEFAULT_TOP = 10;
const MOST_TOP = 1000;

const AS_JSON = `{"root", "exists", "generated": time,
   "totals": {"entries", "sizeBytes", "valueBytes", "maxSizeBytes", "usedShare",
              "expired", "overLimit", "neverExpire"},
   "tags": [{"tag", and the same}],
   "unreadable": [{"tag", "reason"}],
   "age", "sinceRead", "timeLeft", "size":
     {"unit": "seconds"|"bytes",
      "bins": [{"from", "to": number or null, "entries", "byTag": {tag: entries}}],
      "never": {"entries", "byTag"} (of timeLeft only)},
   "largest", "oldest", "expiringNext":
     [{"tag", "key", "size", "created", "accessed", "expires": time or null}],
   "hitRates": {"sessions", "skipped", "hits", "misses", "hitRate": 0 to 1 or null,
     "byTag": [{"tag", "sessions", "hits", "misses", "hitRate", "operations", "errors"}],
     "periodsAre": "sessions"|"hours"|"days",
     "periods": [{"from": time, "sessions", "hits", "misses", "hitRate"}]}}`;

const MORE = `
The page is one file that needs no network; its pictures, tables and colours work
in any browser, with scripts switched off too. It is written whole or not at all.

Hit rates are those of the sessions that programs stored (SessionMetrics); a
command that only looks has none of its own. Looking is no access: entries are
not more recently read for it.

With --json (and --html FILE, if both are wanted):
  ${AS_JSON}`;

/** Defines `report`. */
export function defineReport({ add, contextOf, finish }: Definer): void {
  add('report', 'tell the state of the root: a page with pictures (--html), JSON, or in short')
    .option('--html <file>', "write a page to this file; '-' writes it to stdout")
    .option('--tag <tag>', 'this tag only')
    .option(
      '--top <n>',
      'how many entries the lists have, of the largest and so on',
      countArgument(MOST_TOP),
      DEFAULT_TOP,
    )
    .addHelpText('after', MORE)
    .action(async (options, self: Command) => {
      const { report } = await import('../commands/report.ts');
      finish(await report(contextOf(self), options));
    });
}
