import { describe, expect, it } from 'vitest';
import { Recorder, ratioOf } from '../../bench/harness/series.ts';

const SUBJECT = { scenario: 'set new', operation: 'set new', size: 1024, contestant: 'one' };

describe('the figures of a series', () => {
  it('has median, p99 and mean of all single figures, and the median of each round', () => {
    const recorder = new Recorder(SUBJECT);
    recorder.add([1, 2, 30]);
    recorder.add([4, 5, 6, 7]);
    expect(recorder.finish()).toEqual({
      ...SUBJECT,
      unit: 'µs',
      count: 7,
      median: 5,
      p99: expect.closeTo(28.62),
      mean: 55 / 7,
      perRound: [2, 5.5],
    });
  });

  it('has p99 where one of a hundred is above', () => {
    const recorder = new Recorder(SUBJECT);
    recorder.add(Array.from({ length: 1000 }, (_, index) => 1000 - index));
    expect(recorder.finish()?.p99).toBeCloseTo(990.5, 0);
  });

  it('takes means where a round mixes different things', () => {
    const recorder = new Recorder(SUBJECT, 'µs', 'mean');
    recorder.add([1, 1, 1, 97]);
    expect(recorder.finish()).toMatchObject({ median: 25, perRound: [25] });
  });

  it('is none without figures', () => {
    const recorder = new Recorder(SUBJECT);
    recorder.add([]);
    expect(recorder.finish()).toBeUndefined();
  });
});

describe('a ratio', () => {
  it('is that of the rounds, so that a machine that changes its pace does not change it', () => {
    // Twice as slow in each round; in the last three the machine is, too.
    const one = { perRound: [2, 2, 20, 20, 20] };
    const other = { perRound: [1, 1, 10, 10, 10] };
    expect(ratioOf(one, other)).toBe(2);
  });

  it('is not moved by one disturbed round', () => {
    expect(ratioOf({ perRound: [3, 3, 900, 3, 3] }, { perRound: [2, 2, 2, 2, 2] })).toBe(1.5);
  });

  it('compares the rounds that both have', () => {
    expect(ratioOf({ perRound: [4] }, { perRound: [2, 1, 1] })).toBe(2);
    expect(ratioOf({ perRound: [] }, { perRound: [2] })).toBeUndefined();
  });
});
