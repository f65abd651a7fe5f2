import { describe, expect, it } from 'vitest';
import { judge } from '../../bench/harness/judge.ts';
import type { ContestantReport } from '../../bench/harness/results.ts';
import { Recorder, type Series, type Subject, type Unit } from '../../bench/harness/series.ts';
import type { Check } from '../../bench/targets.ts';
import { targets } from '../../bench/targets.ts';

const SET = { scenario: 'set new', operation: 'set new', size: 1024 };

function series(subject: Subject, figure: number, unit: Unit = 'µs'): Series[] {
  const recorder = new Recorder(subject, unit);
  recorder.add([figure]);
  const finished = recorder.finish();
  return finished === undefined ? [] : [finished];
}

function peer(name: string, more: Partial<ContestantReport> = {}): ContestantReport {
  return { name, kind: 'javascript', about: '', lacks: [], notes: [], ...more };
}

function judged(check: Check, all: readonly Series[], contestants: readonly ContestantReport[] = []) {
  return judge([{ row: 'row', checks: [check] }], all, contestants)[0];
}

const RATIO: Check = {
  kind: 'ratio',
  of: { ...SET, contestant: 'ours' },
  to: { ...SET, contestant: 'other' },
  label: 'ours / other',
  must: 1.5,
  aim: 1.2,
};

describe('a target', () => {
  it.each([
    [1.1, 'reached', true],
    [1.4, 'reached', false],
    [1.6, 'missed', false],
  ])('that is a ratio of at most 1.5, better 1.2, with %f', (ratio, verdict, aimReached) => {
    const all = [...series({ ...SET, contestant: 'ours' }, ratio), ...series({ ...SET, contestant: 'other' }, 1)];
    expect(judged(RATIO, all)).toMatchObject({ figure: ratio, verdict, aimReached });
  });

  it('is neither reached nor missed where one of both was not measured', () => {
    const all = series({ ...SET, contestant: 'ours' }, 1);
    expect(judged(RATIO, all)).toMatchObject({ verdict: 'not measured' });
    expect(judged(RATIO, all)).not.toHaveProperty('figure');
  });

  it('of means counts what is put off to few of many calls', () => {
    const other = new Recorder({ ...SET, contestant: 'other' });
    other.add([1, 1, 1, 97]);
    const all = [...series({ ...SET, contestant: 'ours' }, 10), other.finish()].filter((one) => one !== undefined);
    expect(judged(RATIO, all)).toMatchObject({ figure: 10, verdict: 'missed' });
    expect(judged({ ...RATIO, by: 'mean' }, all)).toMatchObject({ figure: 0.4, verdict: 'reached' });
  });

  it('of every peer is judged by the fastest, and names it', () => {
    const check: Check = { kind: 'every peer', measured: SET, ours: 'ours', label: 'margin', must: 5 };
    const all = [
      ...series({ ...SET, contestant: 'ours' }, 10),
      ...series({ ...SET, contestant: 'quick' }, 40),
      ...series({ ...SET, contestant: 'slow' }, 900),
      ...series({ ...SET, contestant: 'native' }, 1),
    ];
    const contestants = [peer('quick'), peer('slow'), peer('native', { kind: 'native' })];
    expect(judged(check, all, contestants)).toMatchObject({ figure: 4, detail: 'quick', verdict: 'missed' });
    expect(judged(check, all, [peer('slow')])).toMatchObject({ figure: 90, verdict: 'reached' });
  });

  it('of peers that lack nothing that matters is judged without the others', () => {
    const check: Check = { kind: 'every peer', without: 'processes', measured: SET, ours: 'ours', label: '', must: 5 };
    const all = [
      ...series({ ...SET, contestant: 'ours' }, 10),
      ...series({ ...SET, contestant: 'alone' }, 10),
      ...series({ ...SET, contestant: 'shared' }, 70),
    ];
    const contestants = [peer('alone', { lacks: ['limit', 'processes'] }), peer('shared', { lacks: ['limit'] })];
    expect(judged(check, all, contestants)).toMatchObject({ figure: 7, detail: 'shared', verdict: 'reached' });
  });

  it('of every row is judged by the worst', () => {
    const check: Check = { kind: 'everywhere', ours: 'ours', other: 'python', label: 'worst', must: 1 };
    const miss = { scenario: 'lookup', operation: 'miss', size: 1024 };
    const all = [
      ...series({ ...SET, contestant: 'ours' }, 10),
      ...series({ ...SET, contestant: 'python' }, 40),
      ...series({ ...miss, contestant: 'ours' }, 3),
      ...series({ ...miss, contestant: 'python' }, 2),
    ];
    expect(judged(check, all)).toMatchObject({
      figure: 1.5,
      detail: expect.stringContaining('miss'),
      verdict: 'missed',
    });
  });

  it('of hits is judged by the worst trace, in percentage points', () => {
    const check: Check = {
      kind: 'difference',
      scenario: 'hit ratio',
      ours: 'ours',
      other: 'exact',
      label: '',
      must: 1,
    };
    const trace = (operation: string) => ({ scenario: 'hit ratio', operation, size: 500 });
    const all = [
      ...series({ ...trace('zipf'), contestant: 'ours' }, 52.8, '%'),
      ...series({ ...trace('zipf'), contestant: 'exact' }, 53, '%'),
      ...series({ ...trace('loop'), contestant: 'ours' }, 40, '%'),
      ...series({ ...trace('loop'), contestant: 'exact' }, 45, '%'),
    ];
    expect(judged(check, all)).toMatchObject({ figure: 5, detail: 'loop', unit: 'points', verdict: 'missed' });
  });

  it('of rates wants more, not less', () => {
    const reads = { scenario: 'processes', operation: 'read', contestant: 'ours' };
    const of = { ...reads, size: 2 };
    const to = { ...reads, size: 1 };
    const check: Check = { kind: 'rate', of, to, label: '', must: 1.6 };
    const judgedAt = (rate: number) => judged(check, [...series(of, rate, 'ops/s'), ...series(to, 100, 'ops/s')]);
    expect(judgedAt(190)).toMatchObject({ verdict: 'reached', bound: 'at least' });
    expect(judgedAt(110)).toMatchObject({ verdict: 'missed' });
  });
});

describe('the targets', () => {
  it('ask for reads that scale with the cores there are', () => {
    const reads = (cores: number) =>
      targets(cores)
        .flatMap(({ checks }) => checks)
        .find(({ label }) => label.startsWith('reads'))?.must;
    expect(reads(2)).toBeCloseTo(1.6);
    expect(reads(16)).toBeCloseTo(3.2);
  });
});
