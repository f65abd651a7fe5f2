/**
 * Journals: what they keep of a client that was killed.
 */

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTempRoot } from '../../support/temp-root.ts';
import { valueName, valueNumber } from './history.ts';
import { Journal, noteDeath, now, readJournal } from './journal.ts';

it('a journal gives back each operation with its times and its ending', () => {
  const path = join(createTempRoot(), 'journal');
  const journal = new Journal(path);
  const before = now();
  const set = journal.begin({ verb: 'set', key: 3, value: valueNumber(2, 17), fleeting: true });
  const get = journal.begin({ verb: 'get', key: 1, value: 0, fleeting: false });
  journal.end(get, { outcome: 'hit', value: valueNumber(5, 9) });
  journal.end(set, { outcome: 'done' });
  journal.close();
  const [first, second] = readJournal(path, 2, 0);
  expect(first).toMatchObject({ client: 2, verb: 'set', key: 3, value: valueNumber(2, 17), fleeting: true });
  expect(first).toMatchObject({ outcome: 'done' });
  expect(second).toMatchObject({ verb: 'get', key: 1, value: valueNumber(5, 9), fleeting: false, outcome: 'hit' });
  const times = [before, first?.start, second?.start, second?.end, first?.end, now()];
  expect(times).toEqual([...times].sort((a, b) => Number(a) - Number(b)));
  expect(valueName(valueNumber(2, 17))).toBe('c17');
});

it('what was under way when a client was killed ends, if at all, with its death', () => {
  const path = join(createTempRoot(), 'journal');
  const journal = new Journal(path);
  const slot = journal.begin({ verb: 'get', key: 0, value: 0, fleeting: false });
  journal.end(slot, { outcome: 'miss' });
  journal.begin({ verb: 'set', key: 0, value: valueNumber(0, 1), fleeting: false });
  expect(readJournal(path, 0, 12)[1]).toMatchObject({ outcome: 'unknown', end: 12 });
  noteDeath(path);
  const [finished, cut] = readJournal(path, 0, 12);
  expect(finished).toMatchObject({ outcome: 'miss' });
  expect(cut?.outcome).toBe('unknown');
  expect(cut?.end).toBeGreaterThan(cut?.start ?? Number.POSITIVE_INFINITY);
  journal.close();
});
