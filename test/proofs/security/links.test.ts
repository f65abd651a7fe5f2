/**
 * Links in the place of everything that a tag is made of: what they lead to is not read, not written and not removed.
 */

import { describe, expect, it } from 'vitest';
import { createTempRoot } from '../../support/temp-root.ts';
import type { RuleName } from '../rules/rules.ts';
import { doEverything, isReport, type Surroundings } from './do-everything.ts';
import type { EverythingReport } from './everything.ts';
import { KEYS, PLACES, type Place, setTrap, TARGETS, type Target } from './traps.ts';

const places = Object.keys(PLACES).filter((name): name is Place => name in PLACES);

/** Sets a trap for each target, and lets one process walk into all of them. */
async function spring(place: Place, targets: readonly Target[], surroundings: Surroundings = {}) {
  const traps = targets.map((target) => setTrap(createTempRoot(), place, target));
  const cacheRoots = traps.map(({ cacheRoot }) => cacheRoot);
  const found = await doEverything({ cacheRoots, keys: KEYS, later: 7200 }, surroundings);
  return { found, touched: traps.map(({ outside }) => outside.touched()) };
}

describe.each(places)('a link in the place of %s', (place) => {
  it(`to ${TARGETS.join(', ')} leads nowhere`, async () => {
    const { found, touched } = await spring(place, TARGETS);
    expect(touched).toEqual(TARGETS.map(() => []));
    // Whatever stood in the way, the tag can be used at last; only the tag folder itself is its user's to put right.
    const refused = TARGETS.map(() => (place === 'the tag folder' ? ['CacheRootError'] : []));
    expect(found).toMatchObject({ crashed: [], refused } satisfies Partial<EverythingReport>);
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
    const { found, touched } = await spring(place, [target], { rule, stuck: 5000 });
    expect(touched.flat().length > 0 || !isReport(found)).toBe(true);
  });
});
