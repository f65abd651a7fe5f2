/**
 * Going through all that is listed: the rows in memory, and for each the line of the index that has its key.
 */

import { hashKey } from '../value/key.ts';
import type { Catalog } from './catalog.ts';
import { scanLines } from './index-file.ts';
import { IndexLine } from './index-line.ts';
import { formatSet } from './index-record.ts';
import { NO_ROW } from './index-table.ts';

/** Calls `visit` with each row and the line of its set, in the order of the index. Reads all of the index. */
export function scanListed(catalog: Catalog, visit: (row: number, line: IndexLine) => void): void {
  const { table } = catalog;
  const seen = new Uint8Array(table.rowLimit);
  scanLines(catalog.file, 0, catalog.position, (line) => {
    if (line.kind !== 'set') return;
    const row = table.findWords(line.hash);
    if (row === NO_ROW || seen[row] === 1 || !table.isGenerationWords(row, line.generation)) return;
    seen[row] = 1;
    visit(row, line);
  });
  const line = new IndexLine();
  // What a sidecar has told may stand in no line.
  for (let row = 0; row < table.rowLimit; row++) {
    if (!table.isLive(row) || seen[row] === 1) continue;
    const listing = table.listingAt(row);
    const key = catalog.reconciler.keyOf(listing.hash);
    if (key === undefined) continue;
    const bytes = Buffer.from(formatSet({ kind: 'set', replaced: '', listing }, key), 'latin1');
    line.read(bytes, 0, bytes.length);
    visit(row, line);
  }
}

/** Calls `visit` with the row and the key of each row that `wanted` picks. */
export function eachKey(
  catalog: Catalog,
  wanted: (row: number) => boolean,
  visit: (row: number, key: string) => void,
): void {
  scanListed(catalog, (row, line) => {
    if (!wanted(row)) return;
    const hash = catalog.table.hashAt(row);
    const written = line.toKey();
    // A damaged line may tell of a key that nobody set.
    const key = written !== undefined && hashKey(written) === hash ? written : catalog.reconciler.keyOf(hash);
    if (key !== undefined) visit(row, key);
  });
}
