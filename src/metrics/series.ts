/**
 * The series of one metric: one for each combination of label values, up to a limit.
 */

import { inspect } from 'node:util';
import { CacheArgumentError } from '../errors.ts';
import type { SeriesLabels } from './snapshot.ts';

/** What a label may be set to; numbers and truth values are written as JavaScript writes them. */
export type LabelValue = string | number | boolean;

/** The most series that one metric has, the one for what is beyond included. */
const MAX_SERIES = 1000;

/** What each label says in the series that counts what came after {@link MAX_SERIES}. */
const OVERFLOW = 'overflow';

/**
 * Series by the values of their labels.
 *
 * Each has a number, by which prom-client tells them apart: the text it would make of the labels themselves is the same
 * for `{ a: '1,b:2' }` and `{ a: '1', b: '2' }`.
 */
export class SeriesTable<Instrument> {
  readonly #name: string;
  readonly #labelNames: readonly string[];
  readonly #create: (id: string) => Instrument;
  readonly #instruments = new Map<string, Instrument>();
  readonly #labels: SeriesLabels[] = [];

  constructor(name: string, labelNames: readonly string[], create: (id: string) => Instrument) {
    this.#name = name;
    this.#labelNames = labelNames;
    this.#create = create;
  }

  /**
   * The instrument for these label values; beyond the limit, the one for all further ones.
   * @throws a {@link CacheArgumentError} if a label is missing, is none of the metric's, or has no usable value.
   */
  at(values: Readonly<Record<string, LabelValue>>): Instrument {
    const texts = this.#textsOf(values);
    const found = this.#instruments.get(JSON.stringify(texts));
    if (found !== undefined) return found;
    return this.#add(this.#instruments.size < MAX_SERIES - 1 ? texts : this.#overflowing());
  }

  /** The labels of the series with this number. */
  labelsOf(id: string): SeriesLabels {
    return this.#labels[Number(id)] ?? {};
  }

  #add(texts: readonly string[]): Instrument {
    const key = JSON.stringify(texts);
    const found = this.#instruments.get(key);
    if (found !== undefined) return found;
    const id = this.#labels.length;
    this.#labels.push(Object.fromEntries(this.#labelNames.map((name, position) => [name, texts[position] ?? ''])));
    const instrument = this.#create(String(id));
    this.#instruments.set(key, instrument);
    return instrument;
  }

  #overflowing(): string[] {
    const texts = this.#labelNames.map(() => OVERFLOW);
    if (!this.#instruments.has(JSON.stringify(texts))) {
      process.emitWarning(
        `glovebox-cache: metric '${this.#name}' has ${MAX_SERIES} combinations of label values, the most there may be; ` +
          `further ones are counted under '${OVERFLOW}'. Use labels that take few values.`,
        { type: 'CacheWarning', code: 'WARN_METRIC_SERIES' },
      );
    }
    return texts;
  }

  #textsOf(values: Readonly<Record<string, LabelValue>>): string[] {
    if (typeof values !== 'object' || values === null) {
      throw new CacheArgumentError(`labels must be an object with ${this.#expected()}, got ${inspect(values)}`);
    }
    const stranger = Object.keys(values).find((name) => !this.#labelNames.includes(name));
    if (stranger !== undefined) {
      throw new CacheArgumentError(`labels.${stranger} is no label of '${this.#name}'; it has ${this.#expected()}`);
    }
    return this.#labelNames.map((name) => {
      const value: unknown = Object.hasOwn(values, name) ? values[name] : undefined;
      if (typeof value === 'string') return value.toWellFormed();
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      throw new CacheArgumentError(
        `labels.${name} of '${this.#name}' must be a string, a number or a boolean, got ${inspect(value, { depth: 0 })}`,
      );
    });
  }

  #expected(): string {
    return this.#labelNames.length === 0 ? 'none' : this.#labelNames.join(', ');
  }
}
