import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CacheArgumentError } from '../../src/errors.ts';
import { type MetricSnapshot, SessionMetrics } from '../../src/metrics/index.ts';

describe('a session', () => {
  it('has an id of its own, which sorts by its start', async () => {
    const first = new SessionMetrics();
    await delay(5);
    const others = Array.from({ length: 50 }, () => new SessionMetrics());
    expect(new Set(others.map(({ id }) => id)).size).toBe(50);
    for (const { id } of others) expect(id > first.id).toBe(true);
  });

  it('knows when it started and ended, and ends once', async () => {
    const session = new SessionMetrics();
    expect(session.ended).toBeUndefined();
    const stored = await session.end();
    await delay(5);
    expect(await session.end()).toEqual(stored);
    expect(stored.started).toBe(session.started.toISOString());
    expect(stored.ended).toBe(session.ended?.toISOString());
  });

  it('keeps what was said about it, whatever becomes of the object', async () => {
    const metadata = { command: 'build', jobs: 4, verbose: false };
    const session = new SessionMetrics({ metadata });
    metadata.command = 'changed';
    expect((await session.toStored()).metadata).toEqual({ command: 'build', jobs: 4, verbose: false });
  });

  it.each([
    ['a text', 'build'],
    ['an array', ['build']],
    ['a nested object', { options: { jobs: 4 } }],
    ['NaN', { jobs: Number.NaN }],
    ['undefined', { jobs: undefined }],
  ])('refuses metadata that is %s', (_, metadata) => {
    expect(() => Reflect.construct(SessionMetrics, [{ metadata }])).toThrow(/^metadata/);
    expect(() => Reflect.construct(SessionMetrics, [{ metadata }])).toThrow(CacheArgumentError);
  });
});

describe('a counter', () => {
  it('adds up, for each combination of labels', async () => {
    const session = new SessionMetrics();
    const builds = session.counter('builds', { labelNames: ['board', 'side'] });
    builds.labels({ board: 'glove80', side: 'left' }).inc();
    builds.labels({ side: 'left', board: 'glove80' }).inc(2.5);
    builds.labels({ board: 'glove80', side: 'right' }).inc(0);
    expect(await session.snapshot()).toEqual([
      {
        name: 'builds',
        type: 'counter',
        series: [
          { labels: { board: 'glove80', side: 'left' }, value: 3.5 },
          { labels: { board: 'glove80', side: 'right' }, value: 0 },
        ],
      },
    ]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '1', null])('refuses to add %s', (amount) => {
    const counter = new SessionMetrics().counter('builds');
    expect(() => Reflect.apply(counter.inc, counter, [amount])).toThrow(CacheArgumentError);
    expect(() => Reflect.apply(counter.inc, counter, [amount])).toThrow(/^amount must/);
  });
});

describe('a gauge', () => {
  it('goes up and down', async () => {
    const session = new SessionMetrics();
    const gauge = session.gauge('running');
    gauge.set(-2);
    gauge.inc(5);
    gauge.inc();
    gauge.dec();
    gauge.dec(0.5);
    expect(await valuesOf(session, 'running')).toEqual([2.5]);
    expect(() => gauge.set(Number.NaN)).toThrow('value must be a finite number, got NaN');
  });
});

describe('a histogram', () => {
  it('counts values in all buckets that they fit, and beyond', async () => {
    const session = new SessionMetrics();
    const sizes = session.histogram('sizes', { buckets: [1, 2] });
    for (const value of [0, 1, 1.5, 3]) sizes.observe(value);
    expect((await session.snapshot())[0]).toMatchObject({
      bounds: [1, 2],
      series: [{ labels: {}, count: 4, sum: 5.5, buckets: [2, 3] }],
    });
    expect(() => sizes.observe(-1)).toThrow('value must not be negative, got -1');
  });

  it.each([
    ['none', []],
    ['too many', Array.from({ length: 101 }, (_, place) => place + 1)],
    ['a descending one', [1, 3, 2]],
    ['the same one twice', [1, 1]],
    ['zero', [0, 1]],
    ['an infinite one', [1, Number.POSITIVE_INFINITY]],
    ['a text', '1,2'],
  ])('refuses buckets with %s', (_, buckets) => {
    const session = new SessionMetrics();
    expect(() => Reflect.apply(session.histogram, session, ['sizes', { buckets }])).toThrow(
      /^buckets must be 1 to 100/,
    );
  });

  it('leaves the caller the array of buckets', () => {
    const buckets = [1, 2];
    new SessionMetrics().histogram('sizes', { buckets });
    buckets.push(3);
    expect(buckets).toEqual([1, 2, 3]);
  });
});

describe('a timer', () => {
  it('measures to its stop, once', async () => {
    const session = new SessionMetrics();
    const stop = session.timer('work_seconds').start();
    await delay(20);
    const taken = stop();
    expect(taken).toBeGreaterThan(0.015);
    expect(stop()).toBe(taken);
    expect((await session.snapshot())[0]).toMatchObject({ unit: 'seconds', series: [{ count: 1, sum: taken }] });
  });

  it('measures an action to its end, at once or later, and gives what it gives', async () => {
    const session = new SessionMetrics();
    const timer = session.timer('work_seconds', { labelNames: ['kind'] });
    expect(timer.labels({ kind: 'sync' }).time(() => 'done')).toBe('done');
    expect(await timer.labels({ kind: 'async' }).time(() => delay(20, 'done'))).toBe('done');
    const [sync, later] = await distributionOf(session, 'work_seconds');
    expect(sync?.sum).toBeLessThan(0.015);
    expect(later?.sum).toBeGreaterThan(0.015);
  });

  it('measures what fails, too, and lets it fail', async () => {
    const session = new SessionMetrics();
    const timer = session.timer('work_seconds');
    const fail = () => {
      throw new Error('failed');
    };
    expect(() => timer.time(fail)).toThrow('failed');
    await expect(timer.time(async () => fail())).rejects.toThrow('failed');
    expect((await distributionOf(session, 'work_seconds'))[0]?.count).toBe(2);
  });

  it('is named after its unit', () => {
    expect(() => new SessionMetrics().timer('work')).toThrow(
      "name of a timer must end in _seconds, its unit; got 'work'",
    );
  });
});

describe('a name', () => {
  it.each(['', '9lives', 'a b', 'a-b', 'a:b', 'caf\u00e9', 'a'.repeat(201), undefined, 7])(
    'must be one for metrics, not %j',
    (name) => {
      const session = new SessionMetrics();
      for (const make of [session.counter, session.gauge, session.histogram]) {
        expect(() => Reflect.apply(make, session, [name])).toThrow(/^name must be that of a metric/);
      }
    },
  );

  it.each(['_count', '_sum', '_bucket', '_created', '_info', '_total'])('must not end in %s', (suffix) => {
    expect(() => new SessionMetrics().gauge(`a${suffix}`)).toThrow(`name must not end in ${suffix}`);
  });

  it('may be one that every object has', async () => {
    const session = new SessionMetrics();
    session.counter('constructor').inc();
    session
      .counter('toString', { labelNames: ['constructor'] })
      .labels({ constructor: 'hasOwnProperty' })
      .inc();
    expect((await session.snapshot()).map(({ name }) => name)).toEqual(['constructor', 'toString']);
  });

  it('is left to the caches where it begins like theirs', () => {
    expect(() => new SessionMetrics().counter('glovebox_cache_hits')).toThrow('must not begin with glovebox_cache_');
  });

  it('gives the same metric each time', async () => {
    const session = new SessionMetrics();
    session
      .counter('builds', { labelNames: ['board'], help: 'one' })
      .labels({ board: 'a' })
      .inc();
    session
      .counter('builds_total', { labelNames: ['board'], help: 'other' })
      .labels({ board: 'a' })
      .inc();
    expect(await valuesOf(session, 'builds')).toEqual([2]);
  });

  it('is of one kind, with the same labels and buckets', () => {
    const session = new SessionMetrics();
    session.counter('builds', { labelNames: ['board'] });
    session.histogram('sizes', { buckets: [1, 2] });
    expect(() => session.gauge('builds')).toThrow("'builds' is a counter already, and can't be a gauge");
    expect(() => session.counter('builds')).toThrow("counter 'builds' exists with other labelNames or buckets");
    expect(() => session.histogram('sizes')).toThrow('give the same ones');
  });

  it('is not one of more than a thousand', () => {
    const session = new SessionMetrics();
    for (let count = 0; count < 1000; count++) session.counter(`counter_${count}`);
    expect(() => session.counter('one_more')).toThrow('use labels for what varies');
    session.counter('counter_7').inc();
  });
});

describe('labels', () => {
  it.each(['', '9a', 'a-b', '__name__', '__proto__', 'le', 'quantile', 7])('are not named %j', (name) => {
    const session = new SessionMetrics();
    expect(() => Reflect.apply(session.counter, session, ['c', { labelNames: ['ok', name] }])).toThrow(
      /^labelNames\[1\]/,
    );
  });

  it('are named once, in an array', () => {
    const session = new SessionMetrics();
    expect(() => session.counter('c', { labelNames: ['a', 'a'] })).toThrow('labelNames[1] must differ from the others');
    expect(() => Reflect.apply(session.counter, session, ['c', { labelNames: 'a' }])).toThrow('must be an array');
  });

  it('are all given, no others, and of plain values', () => {
    const { labels } = new SessionMetrics().counter('c', { labelNames: ['board'] });
    const give = (values: unknown) => () => Reflect.apply(labels, undefined, [values]);
    expect(give({})).toThrow("labels.board of 'c' must be a string, a number or a boolean, got undefined");
    expect(give({ board: 'a', side: 'left' })).toThrow("labels.side is no label of 'c'; it has board");
    expect(give({ board: { name: 'a' } })).toThrow('labels.board');
    expect(give(undefined)).toThrow('labels must be an object with board');
  });

  it('may be numbers and truth values', async () => {
    const session = new SessionMetrics();
    const counter = session.counter('c', { labelNames: ['a', 'b'] });
    counter.labels({ a: 1, b: true }).inc();
    counter.labels({ a: '1', b: 'true' }).inc();
    expect(await valuesOf(session, 'c')).toEqual([2]);
  });

  it('make at most a thousand series; further ones are counted together, with one warning', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    onTestFinished(() => void process.off('warning', listen));
    const session = new SessionMetrics();
    const counter = session.counter('c', { labelNames: ['user'] });
    for (let user = 0; user < 1500; user++) counter.labels({ user }).inc();
    counter.labels({ user: 3 }).inc();
    const [metric] = await session.snapshot();
    expect(metric?.series).toHaveLength(1000);
    expect(metric?.series[3]).toEqual({ labels: { user: '3' }, value: 2 });
    expect(metric?.series.at(-1)).toEqual({ labels: { user: 'overflow' }, value: 501 });
    await delay(5);
    expect(warnings).toMatchObject([{ code: 'WARN_METRIC_SERIES' }]);
  });
});

async function valuesOf(session: SessionMetrics, name: string): Promise<number[]> {
  const metric = (await session.snapshot()).find((found: MetricSnapshot) => found.name === name);
  return metric === undefined || metric.type === 'histogram' ? [] : metric.series.map(({ value }) => value);
}

async function distributionOf(session: SessionMetrics, name: string) {
  const metric = (await session.snapshot()).find((found) => found.name === name);
  return metric?.type === 'histogram' ? metric.series : [];
}
