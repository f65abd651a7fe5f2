/** Python's diskcache, in a Python of its own that times itself and is told over a pipe what to do. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Action, Contestant, OpenStore, Outcome } from '../harness/contestant.ts';

export const diskcache: Contestant = {
  name: 'python diskcache',
  kind: 'python',
  about: 'eviction policy least-recently-used, statistics on; a batch is one transaction; values pickled',
  lacks: [],
  notes: ['timed by Python itself; it culls ten entries at a time, and stores large values in files'],
  load: async () => open(await findPython()),
};

const program = fileURLToPath(new URL('./diskcache_worker.py', import.meta.url));
/** A version manager's Python seldom has the system's packages. */
const PYTHONS = ['python3', '/usr/bin/python3', '/usr/local/bin/python3'];
/** What a row takes besides its value. */
const ROW_BYTES = 400;

async function findPython(): Promise<string> {
  for (const python of PYTHONS) {
    try {
      await promisify(execFile)(python, ['-c', 'import diskcache']);
      return python;
    } catch {
      // Another one may have it.
    }
  }
  throw new Error('no python3 can import diskcache (Debian: python3-diskcache)');
}

function open(python: string): OpenStore {
  return async (folder, { maxEntries, valueBytes }) => {
    const helper = new Helper(python);
    const limit = maxEntries === undefined ? null : maxEntries * (valueBytes + ROW_BYTES);
    try {
      await helper.ask({ do: 'open', store: folder, folder, limit });
    } catch (error) {
      helper.stop();
      throw error;
    }
    return {
      face: 'remote',
      perform: async (actions, budgetMs) => {
        const budget = Number.isFinite(budgetMs) ? budgetMs : null;
        const answer = await helper.ask({
          do: 'perform',
          store: folder,
          actions: actions.map(order),
          budgetMs: budget,
        });
        return outcomeOf(answer);
      },
      setMany: async (pairs) => Number((await helper.ask({ do: 'set-many', store: folder, pairs }))['time']),
      close: async () => {
        try {
          await helper.ask({ do: 'close', store: folder });
        } finally {
          helper.stop();
        }
      },
    };
  };
}

type Answer = Readonly<Record<string, unknown>>;

/** A running Python; one order at a time. */
class Helper {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(python: string) {
    const child = spawn(python, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process = child;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async ask(question: object): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error('the Python program ended');
    const answer: unknown = JSON.parse(value);
    if (typeof answer !== 'object' || answer === null) throw new Error('the Python program gave no answer');
    const fields: Answer = { ...answer };
    if (fields['error'] !== undefined) throw new Error(String(fields['error']));
    return fields;
  }

  stop(): void {
    this.#process.stdin?.end();
  }
}

function order(action: Action): object {
  const { operation, key } = action;
  return operation === 'set' ? action : { operation, key };
}

function outcomeOf({ times, results }: Answer): Outcome {
  if (!Array.isArray(times) || !Array.isArray(results)) throw new Error('the Python program gave no figures');
  return { times: times.map(Number), results: results.map(resultOf) };
}

/** A value that was found comes wrapped, so that a miss can be told. */
function resultOf(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) return result;
  return 'value' in result ? result.value : undefined;
}
