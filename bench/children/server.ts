/**
 * An HTTP server on loopback that caches a large buffer at each request, and reads it back; it knows how long its event
 * loop was held up meanwhile.
 */

import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { answerParent } from '../harness/children.ts';
import type { Store } from '../harness/contestant.ts';
import { bufferFor } from '../harness/values.ts';
import { loadContestant } from './open-store.ts';

const VALUES = 4;
const KEYS = 32;
/** The least that the monitor can do, in milliseconds. Its figures are intervals, so this much of each is no delay. */
const RESOLUTION_MS = 1;

let store: Store | undefined;
let requests = 0;
let failure: unknown;
let values: Buffer[] = [];
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

const server = createServer((_request, response) => {
  handle().then(
    () => response.end('ok'),
    (error: unknown) => {
      failure ??= error;
      response.writeHead(500).end();
    },
  );
});

async function handle(): Promise<void> {
  const number = requests++;
  const value = values[number % VALUES];
  if (store === undefined || store.face === 'remote') return;
  const key = `body-${number % KEYS}`;
  // A synchronous face is not awaited: its caller has the value at once, and nobody else gets a turn before that.
  const setting = store.set(key, value);
  if (store.face === 'async') await setting;
  const getting = store.get(key);
  const found = store.face === 'async' ? await getting : getting;
  if (!(found instanceof Uint8Array) || value === undefined || Buffer.compare(found, value) !== 0) {
    // Another request may have set the same key meanwhile, but the values come in the same order as the keys.
    throw new Error('a wrong value');
  }
}

answerParent(async (message) => {
  switch (message['do']) {
    case 'open': {
      const bytes = Number(message['valueBytes']);
      values = Array.from({ length: VALUES }, (_, index) => bufferFor(index, bytes));
      if (message['contestant'] !== undefined) {
        const open = await loadContestant(String(message['contestant']));
        store = await open(String(message['folder']), { memory: true, valueBytes: bytes, bytes: true });
      }
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      return { port: typeof address === 'object' && address !== null ? address.port : 0 };
    }
    case 'start':
      delays.enable();
      delays.reset();
      return {};
    default: {
      delays.disable();
      if (failure !== undefined) throw failure;
      const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
      return { p99: ms(delays.percentile(99)), max: ms(delays.max), median: ms(delays.percentile(50)), requests };
    }
  }
});
