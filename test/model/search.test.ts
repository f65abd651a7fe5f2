import { expect, it } from 'vitest';
import { type Course, call, type Finding, note, type Process, preface, search } from './search.ts';

interface Counter {
  value: number;
  returned: number;
}

/** Adds one without a lock: reads, then writes. */
function* increment(): Course<Counter> {
  const before = yield* call('reads', (world: Counter) => world.value);
  yield* call('writes', (world: Counter) => {
    world.value = before + 1;
  });
  yield* note((world: Counter) => {
    world.returned++;
  });
}

function explore(processes: readonly Process<Counter>[], deaths = 0): Finding {
  return search({
    processes,
    deaths,
    start: { value: 0, returned: 0 },
    copy: (world) => ({ ...world }),
    text: (world) => JSON.stringify(world),
    fault: ({ value, returned }) => (value < returned ? 'a count was lost' : undefined),
  });
}

it('finds the shortest way to what goes wrong', () => {
  const finding = explore([
    { name: 'A', course: increment },
    { name: 'B', course: increment },
  ]);
  expect(finding.fault).toBe('a count was lost');
  expect(finding.trace).toEqual(['A reads: 0', 'B reads: 0', 'A writes', 'B writes']);
});

it('finds nothing where nothing goes wrong', () => {
  expect(explore([{ name: 'A', course: increment }])).toEqual({ states: 3, fault: undefined, trace: [] });
});

it('kills a process before each of its calls but the first', () => {
  const finding = search({
    processes: [{ name: 'A', course: increment, mayDie: true }],
    deaths: 1,
    start: { value: 0, returned: 0 },
    copy: (world) => ({ ...world }),
    text: (world) => JSON.stringify(world),
    fault: (_, { dead }) => (dead.includes('A') ? 'dead' : undefined),
  });
  expect(finding.trace).toEqual(['A reads: 0', 'A IS KILLED']);
});

it('takes what belongs to a call together with it', () => {
  const finding = search({
    processes: [
      {
        name: 'A',
        course: function* (): Course<Counter> {
          yield* call('begins', () => {});
          yield* preface((world: Counter) => {
            world.returned = 1;
          });
          yield* call('writes', (world: Counter) => {
            world.value = 1;
          });
        },
      },
    ],
    start: { value: 0, returned: 0 },
    copy: (world) => ({ ...world }),
    text: (world) => JSON.stringify(world),
    fault: ({ value, returned }) => (value === returned ? undefined : 'seen in between'),
  });
  expect(finding.fault).toBeUndefined();
});
