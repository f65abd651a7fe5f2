import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CacheArgumentError } from '../../src/errors.ts';
import { formatOpenMetrics, SessionMetrics } from '../../src/metrics/index.ts';
import { trickyStrings } from '../support/arbitraries.ts';
import { openCache } from '../support/open-cache.ts';
import { type ParsedFamily, parseOpenMetrics, skipsWithoutParser } from './prometheus-parser.ts';

const HOSTILE = [
  '"quoted"',
  'back\\slash',
  'ends in a backslash\\',
  'two\nlines',
  '\\n is no newline',
  'carriage\rreturn',
  'a,b="c",d',
  '} 1 # {x="y"} 2',
  ' # ',
  '',
  ' ',
  '🧤 gl\u00f6ve \u0000\u2028',
  'half of a pair \ud83e',
];

describe.skipIf(skipsWithoutParser())('the text that a Prometheus parser reads', () => {
  it('is accepted where there is nothing to tell', async () => {
    expect(await new SessionMetrics().toOpenMetrics()).toBe('# EOF\n');
    expect(parseOpenMetrics(await new SessionMetrics().toOpenMetrics())).toEqual([]);
  });

  it('gives counters back, whether or not they were named with _total', async () => {
    const session = new SessionMetrics();
    session.counter('builds', { help: 'Builds.' }).inc(3);
    session.counter('flashes_total').inc(0.5);
    session.counter('never');
    expect(await parse(session)).toEqual([
      { name: 'builds', type: 'counter', unit: '', help: 'Builds.', samples: [sample('builds_total', 3)] },
      { name: 'flashes', type: 'counter', unit: '', help: '', samples: [sample('flashes_total', 0.5)] },
      { name: 'never', type: 'counter', unit: '', help: '', samples: [sample('never_total', 0)] },
    ]);
  });

  it('takes an empty help for what it is', async () => {
    const session = new SessionMetrics();
    session.counter('builds', { help: '' }).inc();
    session.timer('build_seconds', { help: '' }).observe(1);
    expect((await parse(session)).map(({ name, help }) => [name, help])).toEqual([
      ['builds', ''],
      ['build_seconds', ''],
    ]);
  });

  it('gives numbers back as they were, however small, large or negative', async () => {
    const values = [0, -1.5, 0.1 + 0.2, 1e-7, 5e-324, 1e21, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE];
    const session = new SessionMetrics();
    const gauge = session.gauge('numbers', { labelNames: ['place'] });
    for (const [place, value] of values.entries()) gauge.labels({ place }).set(value);
    const [family] = await parse(session);
    expect(family?.samples.map(({ value }) => value)).toEqual(values);
  });

  it('gives hostile label values and help back, and keeps their series apart', async () => {
    const session = new SessionMetrics();
    const counter = session.counter('hostile', { labelNames: ['a', 'b'], help: HOSTILE.slice(0, -1).join('|') });
    for (const [place, value] of HOSTILE.entries()) counter.labels({ a: value, b: 'plain' }).inc(place + 1);
    counter.labels({ a: '1,b:2', b: '3' }).inc(100);
    counter.labels({ a: '1', b: '2,b:3' }).inc(200);
    const [family] = await parse(session);
    expect(family?.help).toBe(HOSTILE.slice(0, -1).join('|'));
    expect(family?.samples).toEqual([
      ...HOSTILE.map((value, place) => sample('hostile_total', place + 1, { a: value.toWellFormed(), b: 'plain' })),
      sample('hostile_total', 100, { a: '1,b:2', b: '3' }),
      sample('hostile_total', 200, { a: '1', b: '2,b:3' }),
    ]);
  });

  it('gives back whatever text a label holds, and whatever number a gauge', async () => {
    const rows = fc.array(fc.record({ a: trickyStrings, b: fc.string({ unit: 'binary' }), value: fc.double(finite) }), {
      minLength: 200,
      maxLength: 200,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const session = new SessionMetrics();
        const gauge = session.gauge('any', { labelNames: ['a', 'b'] });
        const expected = new Map<string, unknown>();
        for (const { a, b, value } of given) {
          gauge.labels({ a, b }).set(value);
          const labels = { a: a.toWellFormed(), b: b.toWellFormed() };
          // The text has no sign for a zero.
          expected.set(JSON.stringify(labels), sample('any', value + 0, labels));
        }
        const [family] = await parse(session);
        expect(family?.samples).toEqual([...expected.values()]);
      }),
      { numRuns: 5 },
    );
  });

  it('gives histograms back with their buckets, the infinite one too, and no series twice', async () => {
    const session = new SessionMetrics();
    const sizes = session.histogram('sizes', {
      labelNames: ['kind'],
      buckets: [0.00001, 0.5, 1, 10, 1_000_000, 2.5e10],
    });
    for (const value of [0, 0.5, 0.6, 10, 11, 1e12]) sizes.labels({ kind: 'a' }).observe(value);
    sizes.labels({ kind: 'b' }).observe(1);
    const [family] = await parse(session);
    const ofA = family?.samples.filter(({ labels }) => labels['kind'] === 'a') ?? [];
    expect(ofA.map(({ name, labels, value }) => [name, labels['le'], value])).toEqual([
      ['sizes_bucket', '1e-05', 1],
      ['sizes_bucket', '0.5', 2],
      ['sizes_bucket', '1.0', 3],
      ['sizes_bucket', '10.0', 4],
      ['sizes_bucket', '1e+06', 5],
      ['sizes_bucket', '2.5e+10', 5],
      ['sizes_bucket', '+Inf', 6],
      ['sizes_sum', undefined, 1e12 + 22.1],
      ['sizes_count', undefined, 6],
    ]);
    expect(family?.samples).toHaveLength(18);
  });

  it('tells the unit of timers', async () => {
    const session = new SessionMetrics();
    session.timer('west_build_seconds', { help: 'West.' }).observe(2);
    const [family] = await parse(session);
    expect(family).toMatchObject({ name: 'west_build_seconds', type: 'histogram', unit: 'seconds', help: 'West.' });
  });

  it('tells of observed caches of several tags', async () => {
    const session = new SessionMetrics();
    for (const tag of ['layout', 'my-tag.v2']) {
      const cache = session.observeCache(openCache({ tag }));
      await cache.set('key', 1);
      await cache.get('key');
      await cache.get('other');
      await cache.getStats();
      await expect(cache.get('')).rejects.toThrow();
    }
    const families = await parse(session);
    expect(figure(families, 'glovebox_cache_hits_total', { tag: 'my-tag.v2' })).toBe(1);
    expect(figure(families, 'glovebox_cache_misses_total', { tag: 'layout' })).toBe(1);
    expect(figure(families, 'glovebox_cache_errors_total', { tag: 'layout', operation: 'get' })).toBe(1);
    expect(figure(families, 'glovebox_cache_entries', { tag: 'layout' })).toBe(1);
    const calls = 'glovebox_cache_operation_duration_seconds_count';
    expect(figure(families, calls, { tag: 'layout', operation: 'get' })).toBe(3);
  });

  it.each([
    ['a missing end', (text: string) => text.replace('# EOF\n', '')],
    ['an empty line', (text: string) => `\n${text}`],
    ['a counter without _total', (text: string) => text.replace('builds_total', 'builds')],
    ['a bare quote in a label', (text: string) => text.replace('\\"', '"')],
    ['a histogram without its last bucket', (text: string) => text.replace(/^sizes_bucket\{le="\+Inf"\}.*\n/m, '')],
  ])('would not be accepted with %s', async (_, damage) => {
    const session = new SessionMetrics();
    session
      .counter('builds', { labelNames: ['board'] })
      .labels({ board: 'a"b' })
      .inc();
    session.histogram('sizes').observe(3);
    const text = await session.toOpenMetrics();
    parseOpenMetrics(text);
    expect(damage(text)).not.toBe(text);
    expect(() => parseOpenMetrics(damage(text))).toThrow('the parser refuses it');
  });
});

it('the text is the same for a session that was stored', async () => {
  const session = new SessionMetrics();
  session
    .counter('builds', { labelNames: ['board'] })
    .labels({ board: 'a"b' })
    .inc();
  session.histogram('sizes').observe(3);
  const stored: Awaited<ReturnType<typeof session.toStored>> = JSON.parse(JSON.stringify(await session.end()));
  expect(formatOpenMetrics(stored.metrics)).toBe(await session.toOpenMetrics());
});

async function parse(session: SessionMetrics): Promise<ParsedFamily[]> {
  return parseOpenMetrics(await session.toOpenMetrics());
}

const finite = { noNaN: true, noDefaultInfinity: true };

function sample(name: string, value: number, labels: Record<string, string> = {}) {
  return { name, labels, value };
}

function figure(families: readonly ParsedFamily[], name: string, labels: Record<string, string>) {
  const wanted = Object.entries(labels);
  return families
    .flatMap(({ samples }) => samples)
    .find((found) => found.name === name && wanted.every(([label, value]) => found.labels[label] === value))?.value;
}

describe('formatOpenMetrics', () => {
  it('says what it wants where it is given a whole session', async () => {
    const stored = await new SessionMetrics().toStored();
    expect(() => Reflect.apply(formatOpenMetrics, undefined, [stored])).toThrow(CacheArgumentError);
    expect(formatOpenMetrics(stored.metrics)).toBe('# EOF\n');
  });
});
