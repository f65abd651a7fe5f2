/**
 * What each call begins with: a layout that is read and checked.
 */

import { LayoutCheck } from './checking/check-layout.ts';
import { hasErrors, IssueList, type LayoutIssue, WHOLE } from './issues.ts';
import type { LayoutKeeper } from './keeping/keeper.ts';
import { keptGuards } from './keeping/kept-values.ts';
import { stepKey } from './keeping/keys.ts';
import type { Layout } from './layout.ts';
import { LayoutError } from './layout-error.ts';
import { Vocabulary } from './names/vocabulary.ts';
import { MOST_BYTES, readJson } from './reading/json-text.ts';
import { readLayout } from './reading/read-layout.ts';
import type { HashedText } from './reading/source.ts';

/** What came of reading a layout. */
interface Reading {
  /** As far as it could be read. */
  readonly layout?: Layout | undefined;
  readonly issues: readonly LayoutIssue[];
}

/** One layout in one call: it is read and checked at most once, whatever is made of it. */
export class LayoutWork {
  readonly source: HashedText;
  readonly #keeper: LayoutKeeper;
  #reading: Promise<Reading> | undefined;
  #vocabulary: Vocabulary | undefined;

  constructor(source: HashedText, keeper: LayoutKeeper) {
    this.source = source;
    this.#keeper = keeper;
  }

  /** The layout, from the cache or read; what is read is kept. */
  async readAndKeep(): Promise<Layout> {
    const key = stepKey('parsed', this.source.hash);
    const { value } = await this.#keeper.keep(key, 'layoutParsed', keptGuards().layout, async () => {
      const reading = await this.#readSource();
      return { layout: wholeLayout(reading), warnings: reading.issues };
    });
    return value.layout;
  }

  /** The layout, from the cache or read. */
  async read(): Promise<Layout> {
    return wholeLayout(await this.#read());
  }

  /** What is wrong with it, from the cache or found out. */
  async check(): Promise<readonly LayoutIssue[]> {
    const key = stepKey('validation', this.source.hash);
    const { value } = await this.#keeper.keep(key, 'layoutValidation', keptGuards().issues, async () => {
      const { layout, issues } = await this.#read();
      if (layout === undefined || issues.some(leavesHole)) return issues;
      const found = new IssueList();
      new LayoutCheck(layout, this.#vocabularyOf(layout), found).run();
      return [...issues, ...found.all()];
    });
    return value;
  }

  /** The layout, if nothing is wrong with it. */
  async usable(): Promise<{
    readonly layout: Layout;
    readonly vocabulary: Vocabulary;
    readonly warnings: readonly LayoutIssue[];
  }> {
    const issues = await this.check();
    if (hasErrors(issues)) throw LayoutError.of(issues);
    const layout = await this.read();
    return { layout, vocabulary: this.#vocabularyOf(layout), warnings: issues };
  }

  #vocabularyOf(layout: Layout): Vocabulary {
    this.#vocabulary ??= new Vocabulary(layout);
    return this.#vocabulary;
  }

  /**
   * It is not kept: to store it, several times as long as its text, costs more than to read it, and what is made of it will
   * be kept.
   */
  #read(): Promise<Reading> {
    this.#reading ??= this.#findOrRead();
    return this.#reading;
  }

  async #findOrRead(): Promise<Reading> {
    const kept = await this.#keeper.find(stepKey('parsed', this.source.hash), keptGuards().layout);
    return kept === undefined ? await this.#readSource() : { layout: kept.layout, issues: kept.warnings };
  }

  async #readSource(): Promise<Reading> {
    const issues = new IssueList();
    return { layout: await readText(this.source, issues), issues: issues.all() };
  }
}

async function readText({ text, bytes }: HashedText, issues: IssueList): Promise<Layout | undefined> {
  if (bytes > MOST_BYTES) {
    issues.error('too-large', WHOLE, `the text has ${bytes} bytes; a layout may have ${MOST_BYTES}`);
    return undefined;
  }
  if (text === undefined) {
    issues.error('json', WHOLE, 'not JSON: the bytes are not UTF-8');
    return undefined;
  }
  const json = await readJson(text, issues);
  return json === undefined ? undefined : readLayout(json.value, issues);
}

/** @throws a {@link LayoutError} if it could not all be read. */
function wholeLayout({ layout, issues }: Reading): Layout {
  if (layout === undefined || hasErrors(issues)) throw LayoutError.of(issues);
  return layout;
}

/** Whether so much is missing that to look further would find faults that are none. */
function leavesHole({ severity, code, key }: LayoutIssue): boolean {
  return severity === 'error' && key === undefined && code !== 'bad-binding' && code !== 'out-of-range';
}
