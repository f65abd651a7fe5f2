/**
 * Layouts, from JSON to a keymap, each step kept in a cache by the content that it was made of.
 */

import { inspect } from 'node:util';
import { type CacheManager, isCacheManager } from '../cache-manager.ts';
import { CacheArgumentError } from '../errors.ts';
import { resolveTtls } from '../ttls.ts';
import { compareLayouts, type LayoutComparison } from './comparing/compare-layouts.ts';
import { IssueList, type LayoutIssue } from './issues.ts';
import { LayoutKeeper, type LayoutTtls } from './keeping/keeper.ts';
import { type KeptFirmware, type KeptRendering, keptGuards } from './keeping/kept-values.ts';
import { stepKey } from './keeping/keys.ts';
import type { Layout } from './layout.ts';
import { LayoutError } from './layout-error.ts';
import { LayoutWork } from './layout-work.ts';
import { hashText, type LayoutSource } from './reading/source.ts';
import { renderTemplate, writeWholeKeymap } from './writing/template.ts';
import { writeConf } from './writing/write-conf.ts';
import { writeSections } from './writing/write-sections.ts';

/** Options of a {@link LayoutService}. */
export interface LayoutServiceOptions {
  /**
   * How long things are kept, in seconds. `createLayoutService` takes the user's configuration.
   * @default TTL_DEFAULTS, also for each level that is not given
   */
  readonly ttls?: Partial<LayoutTtls> | undefined;
}

/** What a layout was compiled to. */
export interface CompiledLayout extends KeptFirmware {
  /** Whether it came from the cache. */
  readonly fromCache: boolean;
}

/** What a layout was rendered to. */
export interface RenderedLayout extends KeptRendering {
  /** Whether it came from the cache. */
  readonly fromCache: boolean;
}

/**
 * Parses, checks, compiles and compares keyboard layouts in the JSON form of the Glove80 Layout Editor. Whatever it makes
 * is kept in a cache under the SHA-256 of what it was made of, so the same layout is worked on once.
 *
 * ```ts
 * const layouts = new LayoutService(cache);
 * const { keymap, conf } = await layouts.compile(await readFile('layout.json'));
 * ```
 * Calls may overlap. A cache that can't store (a full disk) costs time and nothing else.
 */
export class LayoutService {
  readonly #keeper: LayoutKeeper;

  /** @throws a {@link CacheArgumentError} if `cache` is no cache or an option is wrong. */
  constructor(cache: CacheManager, options: LayoutServiceOptions = {}) {
    if (!isCacheManager(cache)) throw new CacheArgumentError(`cache must be a CacheManager, got ${inspect(cache)}`);
    if (typeof options !== 'object' || options === null) {
      throw new CacheArgumentError(
        `options must be an object such as { ttls: { layoutParsed: 60 } }, got ${inspect(options)}`,
      );
    }
    this.#keeper = new LayoutKeeper(cache, resolveTtls(options.ttls));
  }

  /**
   * Reads a layout. Its form is checked, not its sense: see {@link LayoutService.validate}.
   * @throws a {@link LayoutError} if the text is not JSON, or not of the form of a layout.
   */
  async parse(source: LayoutSource): Promise<Layout> {
    return await this.#workOn(source, 'source').readAndKeep();
  }

  /** Tells everything that is wrong with a layout, of its form and its sense; nothing if it can be compiled as it is. */
  async validate(source: LayoutSource): Promise<readonly LayoutIssue[]> {
    return await this.#workOn(source, 'source').check();
  }

  /**
   * Compiles a layout to a ZMK keymap (devicetree) and configuration. The same layout gives the same bytes.
   * @throws a {@link LayoutError} with all that is wrong with it.
   */
  async compile(source: LayoutSource): Promise<CompiledLayout> {
    const work = this.#workOn(source, 'source');
    const key = stepKey('firmware', work.source.hash);
    const { value, fromCache } = await this.#keeper.keep(key, 'layoutProcessing', keptGuards().firmware, async () => {
      const { layout, vocabulary, warnings } = await work.usable();
      const { keyboard, title, layerNames } = layout;
      const keymap = writeWholeKeymap(writeSections(layout, vocabulary));
      return { keyboard, title, layerNames, keymap, conf: writeConf(layout), warnings };
    });
    return { ...value, fromCache };
  }

  /**
   * Whether {@link LayoutService.compile} would find the layout in the cache; a single look, which neither reads nor
   * counts. What is there may turn out to be damaged; then it is compiled anew.
   */
  async isCompiled(source: LayoutSource): Promise<boolean> {
    return await this.#keeper.has(stepKey('firmware', hashText(source, 'source').hash));
  }

  /**
   * Puts the parts of a layout's keymap into a template: a text with placeholders such as `{{ keymap }}`, for boards and
   * headers other than the usual. The placeholders are `title`, `creator`, `keyboard`, `notes`, `includes`, `defines`,
   * `custom_devicetree`, `input_listeners`, `custom_behaviors`, `macros`, `behaviors`, `combos` and `keymap`.
   * @throws a {@link LayoutError} with all that is wrong with the layout, or that names an unknown placeholder.
   */
  async render(source: LayoutSource, template: string): Promise<RenderedLayout> {
    if (typeof template !== 'string') {
      throw new CacheArgumentError(`template must be a text with placeholders, not ${inspect(template)}`);
    }
    const work = this.#workOn(source, 'source');
    const key = stepKey('rendering', work.source.hash, hashText(template, 'template').hash);
    const { value, fromCache } = await this.#keeper.keep(key, 'layoutTemplate', keptGuards().rendering, async () => {
      const { layout, vocabulary, warnings } = await work.usable();
      const issues = new IssueList();
      const text = renderTemplate(template.toWellFormed(), writeSections(layout, vocabulary), issues);
      if (issues.hasErrors) throw LayoutError.of(issues.all());
      return { text, warnings: [...warnings, ...issues.all()] };
    });
    return { ...value, fromCache };
  }

  /**
   * Tells what differs between two layouts: layers and keys, macros, hold-taps, combos, settings. They need not be free of
   * errors, if only they can be parsed.
   * @throws a {@link LayoutError} if one of them can't be parsed.
   */
  async compare(first: LayoutSource, second: LayoutSource): Promise<LayoutComparison> {
    const [before, after] = [this.#workOn(first, 'first'), this.#workOn(second, 'second')];
    const key = stepKey('comparison', before.source.hash, after.source.hash);
    const { value } = await this.#keeper.keep(key, 'layoutComparison', keptGuards().comparison, async () =>
      compareLayouts(await before.read(), await after.read()),
    );
    return value;
  }

  #workOn(source: LayoutSource, name: string): LayoutWork {
    return new LayoutWork(hashText(source, name), this.#keeper);
  }
}
