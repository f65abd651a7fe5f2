import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { figures, report, useDesk } from './desk.ts';
import { plant, reads, session, storeSessions } from './planted.ts';

const MINUTE = 60;
const DAY = 24 * 3600;

const at = useDesk();

/** The classes that have entries, by where they begin. */
function filled({ bins }: { readonly bins: readonly { readonly from: number; readonly entries: number }[] }) {
  return Object.fromEntries(bins.filter(({ entries }) => entries > 0).map(({ from, entries }) => [from, entries]));
}

describe('report --json', () => {
  it('counts entries by tag, against the limit', async () => {
    plant(at.root, [
      { tag: 'layout', key: 'a', size: 5000, ttl: DAY },
      { tag: 'layout', key: 'b', size: 10 },
      { tag: 'layout', key: 'gone', age: 100, ttl: 50 },
      { tag: 'zoo', key: 'c' },
    ]);
    const { tags, totals, unreadable, exists, root: path } = await figures(at);
    expect(tags.map(({ tag }: { tag: string }) => tag)).toEqual(['layout', 'zoo']);
    expect(tags[0]).toMatchObject({ entries: 2, valueBytes: 5010, maxSizeBytes: 2 ** 31, expired: 1, neverExpire: 1 });
    expect(tags[0].sizeBytes).toBeGreaterThan(5010);
    expect(tags[0].usedShare).toBeCloseTo(tags[0].sizeBytes / 2 ** 31);
    expect(totals).toMatchObject({ entries: 3, maxSizeBytes: 2 ** 32, expired: 1, neverExpire: 2, overLimit: 0 });
    expect({ unreadable, exists, path }).toEqual({ unreadable: [], exists: true, path: at.root });
  });

  it('tells what the limit has no room for', async () => {
    plant(at.root, [
      { tag: 'layout', key: 'a', size: 60_000, age: 10 },
      { tag: 'layout', key: 'b', size: 60_000 },
    ]);
    vi.stubEnv('GLOVEBOX_CACHE_MAX_SIZE_GB', '0.0001');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { tags } = await figures(at);
    expect(tags[0].usedShare).toBeGreaterThan(1);
    expect(tags[0].overLimit).toBeGreaterThan(0);
  });

  it('sorts entries into classes of age, time left and size', async () => {
    plant(at.root, [
      { tag: 'layout', key: 'new', size: 10 },
      { tag: 'layout', key: 'hour', age: 30 * MINUTE, size: 5000, ttl: DAY },
      { tag: 'zoo', key: 'old', age: 40 * DAY, size: 70_000, ttl: 45 * DAY },
    ]);
    const { age, sinceRead, timeLeft, size } = await figures(at);
    expect(filled(age)).toEqual({ 0: 1, [10 * MINUTE]: 1, [30 * DAY]: 1 });
    expect(age.bins.at(-1)).toEqual({ from: 30 * DAY, to: null, entries: 1, byTag: { zoo: 1 } });
    expect(filled(sinceRead)).toEqual(filled(age));
    expect(filled(timeLeft)).toEqual({ [6 * 3600]: 1, [3 * DAY]: 1 });
    expect(timeLeft.never).toEqual({ entries: 1, byTag: { layout: 1 } });
    expect(filled(size)).toEqual({ 0: 1, [4 * 1024]: 1, [64 * 1024]: 1 });
    expect([age.unit, size.unit]).toEqual(['seconds', 'bytes']);
  });

  it('lists the largest, the oldest, and what expires next, as many as asked for', async () => {
    plant(at.root, [
      { tag: 'layout', key: 'one', size: 30, age: 300, ttl: 9000 },
      { tag: 'layout', key: 'two', size: 10, age: 500, ttl: 1000 },
      { tag: 'zoo', key: 'three', size: 20, age: 400 },
    ]);
    const { largest, oldest, expiringNext } = await figures(at, '--top', '2');
    const keys = (list: readonly { key: string }[]) => list.map(({ key }) => key);
    expect([keys(largest), keys(oldest), keys(expiringNext)]).toEqual([
      ['one', 'three'],
      ['two', 'three'],
      ['two', 'one'],
    ]);
    expect(oldest[1]).toEqual({
      tag: 'zoo',
      key: 'three',
      size: 20,
      created: expect.stringMatching(/Z$/),
      accessed: oldest[1].created,
      expires: null,
    });
    expect(Date.parse(oldest[0].expires) - Date.parse(oldest[0].created)).toBe(1_000_000);
  });

  it('reports on one tag when told to, or says that it is not there', async () => {
    plant(at.root, [
      { tag: 'layout', key: 'a' },
      { tag: 'zoo', key: 'b' },
    ]);
    storeSessions(at.root, {
      s: session('s', '2026-01-01T00:00:00.000Z', { layout: reads(3, 1), zoo: reads(1, 1) }),
    });
    const { tags, largest, hitRates } = await figures(at, '--tag', 'zoo');
    expect(tags.map(({ tag }: { tag: string }) => tag)).toEqual(['zoo']);
    expect(largest).toHaveLength(1);
    expect(hitRates).toMatchObject({ hits: 1, misses: 1, byTag: [{ tag: 'zoo' }] });
    expect(await report(at, ['--tag', 'none'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `glovebox-cache: root ${at.root} has no tag 'none'; it has layout, metrics, zoo (choose with --tag)\n`,
    });
  });

  it('survives times that no date can say', async () => {
    plant(at.root, [{ tag: 'layout', key: 'for ages', ttl: 1e300 }]);
    expect((await figures(at)).expiringNext[0].expires).toBe('+275760-09-13T00:00:00.000Z');
  });
});

describe('hit rates', () => {
  it('are those of the sessions that programs stored, by tag and over time', async () => {
    storeSessions(at.root, {
      late: session('late', '2026-03-02T10:00:00.000Z', { layout: reads(1, 1) }),
      early: session('early', '2026-03-01T10:00:00.000Z', { layout: reads(8, 0), zoo: reads(0, 0) }),
    });
    const { hitRates } = await figures(at);
    expect(hitRates).toEqual({
      sessions: 2,
      skipped: 0,
      hits: 9,
      misses: 1,
      hitRate: 0.9,
      byTag: [
        { tag: 'layout', sessions: 2, hits: 9, misses: 1, hitRate: 0.9, operations: 10, errors: 0 },
        { tag: 'zoo', sessions: 1, hits: 0, misses: 0, hitRate: null, operations: 0, errors: 0 },
      ],
      periodsAre: 'sessions',
      periods: [
        { from: '2026-03-01T10:00:00.000Z', sessions: 1, hits: 8, misses: 0, hitRate: 1 },
        { from: '2026-03-02T10:00:00.000Z', sessions: 1, hits: 1, misses: 1, hitRate: 0.5 },
      ],
    });
  });

  it('are put together by the day when there are many sessions', async () => {
    const many = Array.from({ length: 40 }, (_, at) => {
      const started = new Date(Date.UTC(2026, 0, 1 + Math.floor(at / 10), at % 10)).toISOString();
      return [`s${at}`, session(`s${at}`, started, { layout: reads(at % 10, 1) })];
    });
    storeSessions(at.root, Object.fromEntries(many));
    const { periodsAre, periods } = (await figures(at)).hitRates;
    expect(periodsAre).toBe('days');
    expect(periods).toHaveLength(4);
    expect(periods[3]).toMatchObject({ from: '2026-01-04T00:00:00.000Z', sessions: 10, hits: 45, misses: 10 });
  });

  const good = { layout: reads(1, 0) };
  it.each<[string, unknown]>([
    ['text', 'nonsense'],
    ['another version', { ...session('s', '2026-03-01T10:00:00.000Z', good), version: 2 }],
    ['no time', session('s', 'yesterday', good)],
    ['a time that never was', session('s', '2026-13-41T10:00:00.000Z', good)],
    ['no caches', { ...session('s', '2026-03-01T10:00:00.000Z', good), caches: undefined }],
    ['a list of caches', session('s', '2026-03-01T10:00:00.000Z', Object([1]))],
    ['a tag that is none', session('s', '2026-03-01T10:00:00.000Z', { '../x': reads(1, 0) })],
    ['a negative count', session('s', '2026-03-01T10:00:00.000Z', { layout: reads(-1, 0) })],
    ['a count that is none', session('s', '2026-03-01T10:00:00.000Z', { layout: reads(Number.NaN, 0) })],
    ['half a count', session('s', '2026-03-01T10:00:00.000Z', { layout: reads(0.5, 0) })],
  ])('leave out what is no session: %s', async (_, value) => {
    storeSessions(at.root, { ok: session('ok', '2026-03-01T10:00:00.000Z', good), wrong: value });
    expect((await figures(at)).hitRates).toMatchObject({ sessions: 1, skipped: 1, hits: 1, misses: 0 });
    expect((await report(at, [])).stdout).toMatch(/^1 entry under keys of sessions can't be read as such$/m);
  });
});
