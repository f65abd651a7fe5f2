import { Agent, get } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { quantile } from 'simple-statistics';
import { Child } from '../harness/children.ts';
import { rotated } from '../harness/rounds.ts';
import type { Bench, Scenario } from '../harness/scenario.ts';
import { Recorder } from '../harness/series.ts';

const VALUE_BYTES = 2 ** 20;
/** The same for all, so that who is slow has not less to do. */
const REQUESTS_PER_SECOND = 40;
const WARM_UP_REQUESTS = 40;
const CONTESTANTS = ['glovebox async', 'glovebox sync', 'better-sqlite3', 'cacache', 'unstorage fs'];
const WITHOUT = 'no cache';

export const eventLoop: Scenario = {
  name: 'event loop',
  about: `an HTTP server that caches and reads 1 MB buffers at each of ${REQUESTS_PER_SECOND} requests a second: how long its event loop is held up (p99), how long a request takes (p99)`,
  varies: 'value bytes',
  run: async (bench) => {
    const { serverRounds, serverMs } = bench.effort;
    const names: (string | undefined)[] = [undefined];
    for (const { name } of bench.entrants) if (CONTESTANTS.includes(name)) names.push(name);
    const recorders = new Map<string, readonly [delay: Recorder, latency: Recorder]>();
    for (let round = 0; round < serverRounds; round++) {
      for (const name of rotated(names, round)) {
        const contestant = name ?? WITHOUT;
        bench.progress(`event loop · round ${round + 1}: ${contestant}`);
        const subject = { scenario: 'event loop', size: VALUE_BYTES, contestant };
        const [delay, latency] = recorders.get(contestant) ?? [
          new Recorder({ ...subject, operation: 'event loop delay, p99' }, 'ms'),
          new Recorder({ ...subject, operation: 'request, p99' }, 'ms'),
        ];
        try {
          const figures = await measure(bench, name, serverMs);
          delay.add([figures.delay]);
          latency.add([figures.latency]);
          recorders.set(contestant, [delay, latency]);
        } catch (error) {
          bench.fail(contestant, 'event loop', error);
        }
      }
    }
    for (const [delay] of recorders.values()) bench.record(delay.finish());
    for (const [, latency] of recorders.values()) bench.record(latency.finish());
  },
};

/** Runs a fresh server for a while; milliseconds. */
async function measure(
  bench: Bench,
  contestant: string | undefined,
  ms: number,
): Promise<{ readonly delay: number; readonly latency: number }> {
  const server = await Child.start('server');
  const agent = new Agent({ keepAlive: true });
  try {
    const folder = contestant === undefined ? undefined : bench.freshFolder(contestant);
    const { port } = await server.ask({ do: 'open', contestant, folder, valueBytes: VALUE_BYTES });
    for (let request = 0; request < WARM_UP_REQUESTS; request++) await ask(agent, Number(port));
    await server.ask({ do: 'start' });
    const pending: Promise<number>[] = [];
    const started = performance.now();
    for (let sent = 0; performance.now() - started < ms; sent++) {
      pending.push(ask(agent, Number(port)));
      await setTimeout(Math.max(0, started + ((sent + 1) * 1000) / REQUESTS_PER_SECOND - performance.now()));
    }
    const latencies = await Promise.all(pending);
    const { p99 } = await server.ask({ do: 'stop' });
    return { delay: Number(p99), latency: quantile(latencies, 0.99) };
  } finally {
    agent.destroy();
    await server.stop();
  }
}

/** One request; milliseconds until it was answered. */
function ask(agent: Agent, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    get({ agent, host: '127.0.0.1', port }, (response) => {
      response.resume();
      response.once('end', () => resolve(performance.now() - started));
    }).once('error', reject);
  });
}
