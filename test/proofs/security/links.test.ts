/**
 * Links in the place of everything that a tag is made of: what they lead to is not read, not written and not removed.
 */

import { describe, expect, it } from 'vitest';
import { createTempRoot } from '../../support/temp-root.ts';
import type { RuleName } from '../rules/rules.ts';
import { doEverything } from './do-everything.ts';
import type { EverythingReport } from './everything.ts';
import { KEYS, PLACES, type Place, setTrap, TARGETS, type Target } from './traps.ts';

const places = Object.keys(PLACES).filter((name): name is Place => name in PLACES);

async function spring(place: Place, target: Target, rule?: RuleName, stuck?: number) {
  const { cacheRoot, outside } = setTrap(createTempRoot(), place, target);
  const found = await doEverything({ cacheRoot, keys: KEYS, later: 7200 }, { rule, stuck });
  return { found, touched: outside.touched() };
}

describe.each(places)('a link in the place of %s', (place) => {
  it.each(TARGETS)('to %s leads nowhere', async (target) => {
    const { found, touched } = await spring(place, target);
    expect(touched).toEqual([]);
    expect(found).toMatchObject({ crashed: [] } satisfies Partial<EverythingReport>);
    // Whatever stood in the way, the tag can be used at last; only the tag folder itself is its user's to put right.
    if (place !== 'the tag folder') expect(found).toMatchObject({ refused: [] } satisfies Partial<EverythingReport>);
  });
});

describe('this finds an engine', () => {
  const traps: [RuleName, Place, Target][] = [
    ['links-not-followed', 'an entry file', 'a file'],
    ['links-not-followed', 'a sidecar', 'a file'],
    ['links-not-followed', 'the index', 'a file'],
    ['links-not-followed', 'the index', 'nowhere'],
    ['links-not-followed', 'a sidecar', 'a pipe'],
    ['folders-not-followed', 'entries', 'a folder'],
    ['folders-not-followed', 'a shard', 'a folder'],
    ['folders-not-followed', 'the folder of locks', 'a folder'],
  ];

  it.each(traps)('without %s, by a link in the place of %s to %s', async (rule, place, target) => {
    const { found, touched } = await spring(place, target, rule, 5000);
    expect(touched.length > 0 || !isReport(found)).toBe(true);
  });
});

function isReport(found: unknown): boolean {
  return typeof found === 'object' && found !== null && 'crashed' in found;
}
