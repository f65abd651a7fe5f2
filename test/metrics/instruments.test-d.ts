import { expectTypeOf, test } from 'vitest';
import {
  type Counter,
  type Labelled,
  type MetricSnapshot,
  monitorCachePerformance,
  SessionMetrics,
  type Timer,
} from '../../src/metrics/index.ts';

const session = new SessionMetrics();

test('a metric without labels is an instrument, one with labels has one for their values', () => {
  expectTypeOf(session.counter('a')).toEqualTypeOf<Counter>();
  expectTypeOf(session.counter('a', { help: 'words' })).toEqualTypeOf<Counter>();
  const labelled = session.counter('b', { labelNames: ['board', 'side'] });
  expectTypeOf(labelled).toEqualTypeOf<Labelled<Counter, 'board' | 'side'>>();
  labelled.labels({ board: 'glove80', side: 1 }).inc();
  // @ts-expect-error a label is missing
  labelled.labels({ board: 'glove80' });
  // @ts-expect-error it has no such label
  labelled.labels({ board: 'glove80', side: 1, layer: 2 });
});

test('a timer gives what its action gives', () => {
  expectTypeOf<Timer['time']>().toBeCallableWith(() => 1);
  const timer = session.timer('work_seconds');
  expectTypeOf(timer.time(() => 1)).toEqualTypeOf<number>();
  expectTypeOf(timer.time(async () => 'text')).toEqualTypeOf<Promise<string>>();
});

test('a snapshot tells histograms by their type', () => {
  expectTypeOf<Extract<MetricSnapshot, { type: 'histogram' }>>().toHaveProperty('bounds');
});

test('a logger may be one that takes objects first', () => {
  const objectFirst = {
    warn(_first: object | string, _message?: string): void {},
    info(..._all: readonly unknown[]): void {},
  };
  expectTypeOf(monitorCachePerformance).toBeCallableWith({ logger: objectFirst });
  expectTypeOf(monitorCachePerformance).toBeCallableWith({ logger: console });
});
