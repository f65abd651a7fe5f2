/**
 * `show --watch`: the tags of a root, looked at again and again.
 */

import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { assertTag } from '../../disk/files/root.ts';
import { LONGEST_TIMER_MS } from '../../timers.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatDuration, printable } from '../format.ts';
import { ENDING_SIGNALS, Interruption } from '../interrupts.ts';
import { isGoneReader, isScreen, writeTo } from '../io.ts';
import { Screen } from '../screen.ts';
import { formatTags, type ShownTag, type TagChange } from '../tag-table.ts';
import { type RootLook, WatchedTags } from '../watched-tags.ts';

/** The options of `show --watch`. */
export interface WatchOptions {
  readonly tag?: string;
  /** Seconds between two looks. @default 2 */
  readonly interval?: number | undefined;
}

/** What one look found; with `changes`, as `--json` shows it. */
interface Look extends RootLook {
  readonly time: Date;
  /** Whether the root exists. */
  readonly exists: boolean;
  /** For each of the tags, what changed since the look before; `null` at the first one. */
  readonly changes: readonly (TagChange | null)[];
}

/** Shows one look after the other. */
interface View {
  show(look: Look): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_INTERVAL = 2;

/** Looks at the tags, or one of them, until a signal comes or nobody reads any more. An interrupt is no failure. */
export async function watch(context: CommandContext, options: WatchOptions): Promise<number> {
  const { tag, interval = DEFAULT_INTERVAL } = options;
  if (tag !== undefined) assertTag(tag);
  await using watched = new WatchedTags(context, tag);
  const ending = new Ending();
  const view = viewFor(context, interval);
  try {
    let last: Look | undefined;
    while (ending.signal === undefined) {
      last = await lookAgain(watched, last);
      await view.show(last);
      await ending.within(interval);
    }
  } catch (error) {
    // Who reads a pipe may have seen enough.
    if (!isGoneReader(error)) throw error;
  } finally {
    ending.forget();
    await view.close();
  }
  const { signal } = ending;
  return signal === undefined || signal === 'SIGINT' ? EXIT.ok : new Interruption(signal).exitCode;
}

async function lookAgain(watched: WatchedTags, last: Look | undefined): Promise<Look> {
  const look = await watched.look();
  const changes = look.tags.map((tag) => (last === undefined ? null : changeSince(last, tag)));
  return { ...look, time: new Date(), exists: existsSync(look.root), changes };
}

/** What was not there before has grown from nothing. */
function changeSince(last: Look, { tag, entries, sizeBytes }: ShownTag): TagChange {
  const before = last.tags.find((earlier) => earlier.tag === tag);
  return { entries: entries - (before?.entries ?? 0), sizeBytes: sizeBytes - (before?.sizeBytes ?? 0) };
}

function viewFor(context: CommandContext, interval: number): View {
  const { json, io } = context;
  if (json) return new JsonLines(context);
  return isScreen(io.stdout, io.env) ? new OnScreen(context, interval) : new Blocks(context);
}

/** One JSON document a line. */
class JsonLines implements View {
  readonly #context: CommandContext;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  async show({ time, root, exists, tags, changes, problems }: Look): Promise<void> {
    const shown = tags.map((tag, place) => ({
      ...tag,
      entriesChange: changes[place]?.entries ?? null,
      sizeBytesChange: changes[place]?.sizeBytes ?? null,
    }));
    const line = JSON.stringify({ time: time.toISOString(), root, exists, tags: shown, problems });
    await writeTo(this.#context.io.stdout, `${line}\n`);
  }

  async close(): Promise<void> {}
}

/** One block of lines after the other, each under its time. */
class Blocks implements View {
  readonly #context: CommandContext;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  async show(look: Look): Promise<void> {
    const { colors, io } = this.#context;
    const head = colors.dim(`${look.time.toISOString()} root ${printable(look.root)}`);
    await writeTo(io.stdout, `${[head, ...body(this.#context, look)].join('\n')}\n\n`);
  }

  async close(): Promise<void> {}
}

/** In place, on a terminal's second screen. */
class OnScreen implements View {
  readonly #context: CommandContext;
  readonly #interval: number;
  readonly #screen: Screen;
  #shown: Look | undefined;

  constructor(context: CommandContext, interval: number) {
    this.#context = context;
    this.#interval = interval;
    this.#screen = new Screen(context.io.stdout);
    context.io.stdout.on('resize', this.#redraw);
    process.on('SIGTSTP', this.#suspend);
  }

  async show(look: Look): Promise<void> {
    this.#shown = look;
    const { colors } = this.#context;
    const every = formatDuration(this.#interval * 1000);
    const head = `${look.time.toLocaleTimeString('sv')}, every ${every}; Ctrl-C ends it`;
    const root = `root ${printable(look.root)}`;
    await this.#screen.draw([colors.dim(head), '', ...body(this.#context, look), '', colors.dim(root)]);
  }

  async close(): Promise<void> {
    this.#context.io.stdout.off('resize', this.#redraw);
    process.off('SIGTSTP', this.#suspend);
    await this.#screen.leave();
  }

  readonly #redraw = (): void => {
    if (this.#shown !== undefined) this.show(this.#shown).catch(() => {});
  };

  /** The shell gets its screen back before this process stops; the next look draws anew. */
  readonly #suspend = (): void => {
    this.#screen
      .leave()
      .catch(() => {})
      .finally(() => process.kill(process.pid, 'SIGSTOP'));
  };
}

/** The lines that all views for people show. */
function body(context: CommandContext, { exists, tags, changes, problems }: Look): string[] {
  const told = problems.map(({ tag, message }) => `tag '${tag}': ${printable(message)}`);
  if (tags.length > 0) return [...formatTags(context, tags, changes).trimEnd().split('\n'), ...told];
  return told.length > 0 ? told : [exists ? 'nothing there yet' : 'the root does not exist yet'];
}

/** Waits for the signal that ends it all. */
class Ending {
  readonly #controller = new AbortController();
  #signal: NodeJS.Signals | undefined;

  constructor() {
    for (const signal of ENDING_SIGNALS) process.on(signal, this.#onSignal);
  }

  /** The signal that came. */
  get signal(): NodeJS.Signals | undefined {
    return this.#signal;
  }

  /** Resolves when it has come, or after so many seconds. */
  async within(seconds: number): Promise<void> {
    const { signal } = this.#controller;
    await delay(Math.min(seconds * 1000, LONGEST_TIMER_MS), undefined, { signal }).catch(() => {});
  }

  forget(): void {
    for (const signal of ENDING_SIGNALS) process.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#signal ??= signal;
    this.#controller.abort();
  };
}
