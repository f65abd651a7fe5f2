/**
 * What differs between two layouts.
 */

import { Speller } from '../checking/speller.ts';
import type { Layout, LayoutBinding } from '../layout.ts';
import { Vocabulary } from '../names/vocabulary.ts';
import { symbolFor } from '../zmk/config-names.ts';

/** A thing that both have, in two forms. */
export interface Change {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** Named things that differ. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly Change[];
}

/** A key that does something else. */
export interface KeyChange {
  /** Its position, counted from 0. */
  readonly key: number;
  /** What it did; empty if there was no such key. */
  readonly before: string;
  /** What it does; empty if there is no such key. */
  readonly after: string;
}

/** A layer that both have and that differs. */
export interface LayerChange {
  readonly name: string;
  /** Its number in the first layout and in the second, counted from 0. */
  readonly before: number;
  readonly after: number;
  readonly keys: readonly KeyChange[];
}

/** What differs between two layouts: what one must do to the first to get the second. */
export interface LayoutComparison {
  /** Whether nothing differs that is compared. */
  readonly isSame: boolean;
  /** What describes the layout: keyboard, title, notes and the like. */
  readonly description: readonly Change[];
  readonly layers: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    /** Layers with other keys, or at another place. */
    readonly changed: readonly LayerChange[];
  };
  readonly macros: Difference;
  readonly holdTaps: Difference;
  readonly combos: Difference;
  readonly inputListeners: Difference;
  /** Settings of the firmware, by their Kconfig symbols. */
  readonly config: Difference;
  /** Custom devicetree: `custom_devicetree`, `custom_defined_behaviors`. */
  readonly devicetree: readonly Change[];
}

const DESCRIPTION = ['keyboard', 'title', 'creator', 'notes', 'locale'] as const;

/**
 * Compares two layouts. Layers are matched by name, and what refers to one is compared by that name, so that a layer that
 * was moved makes no other key differ.
 */
export function compareLayouts(first: Layout, second: Layout): LayoutComparison {
  const [before, after] = [describe(first), describe(second)];
  const comparison = {
    description: changes([
      ...DESCRIPTION.map((name) => ({ name, before: first[name], after: second[name] })),
      { name: 'tags', before: first.tags.join(', '), after: second.tags.join(', ') },
    ]),
    layers: compareLayers(before.layers, after.layers),
    macros: compareNamed(before.macros, after.macros),
    holdTaps: compareNamed(before.holdTaps, after.holdTaps),
    combos: compareNamed(before.combos, after.combos),
    inputListeners: compareNamed(before.inputListeners, after.inputListeners),
    config: compareNamed(before.config, after.config),
    devicetree: changes([
      { name: 'custom_devicetree', before: first.customDevicetree, after: second.customDevicetree },
      { name: 'custom_defined_behaviors', before: first.customDefinedBehaviors, after: second.customDefinedBehaviors },
    ]),
  };
  return { isSame: isEmpty(comparison), ...comparison };
}

interface DescribedLayer {
  readonly index: number;
  readonly keys: readonly string[];
}

/** What is compared, as texts by name. */
function describe(layout: Layout) {
  const vocabulary = new Vocabulary(layout);
  const speller = new Speller(vocabulary);
  const spell = (binding: LayoutBinding) => speller.spell(binding);
  const layerName = (reference: string | number) => {
    const index = vocabulary.layer(reference);
    return index === undefined ? reference : (vocabulary.layerDefines[index] ?? reference);
  };
  return {
    layers: new Map<string, DescribedLayer>(
      layout.layers.map((bindings, index) => [
        layout.layerNames[index] ?? String(index),
        { index, keys: bindings.map(spell) },
      ]),
    ),
    macros: byName(layout.macros, (macro) => ({ ...macro, bindings: macro.bindings.map(spell) })),
    holdTaps: byName(layout.holdTaps, (holdTap) => holdTap),
    combos: byName(layout.combos, (combo) => ({
      ...combo,
      binding: spell(combo.binding),
      layers: combo.layers.map(layerName),
    })),
    inputListeners: byName(
      layout.inputListeners.map((listener) => ({ ...listener, name: listener.code })),
      (listener) => ({
        ...listener,
        nodes: listener.nodes.map((node) => ({ ...node, layers: node.layers.map(layerName) })),
      }),
    ),
    config: new Map(layout.configParameters.map(({ paramName, value }) => [symbolFor(paramName), value])),
  };
}

/** Things by name; each as JSON without its name. */
function byName<T extends { readonly name: string }>(
  things: readonly T[],
  describeOne: (thing: T) => object,
): ReadonlyMap<string, string> {
  return new Map(things.map((thing) => [thing.name, JSON.stringify({ ...describeOne(thing), name: undefined })]));
}

function compareLayers(
  before: ReadonlyMap<string, DescribedLayer>,
  after: ReadonlyMap<string, DescribedLayer>,
): LayoutComparison['layers'] {
  const changed: LayerChange[] = [];
  for (const [name, first] of before) {
    const second = after.get(name);
    if (second === undefined) continue;
    const keys = compareKeys(first.keys, second.keys);
    if (keys.length === 0 && first.index === second.index) continue;
    changed.push({ name, before: first.index, after: second.index, keys });
  }
  return { added: missing(after, before), removed: missing(before, after), changed };
}

function compareKeys(before: readonly string[], after: readonly string[]): readonly KeyChange[] {
  const longer = before.length >= after.length ? before : after;
  return longer
    .map((_, key) => ({ key, before: before[key] ?? '', after: after[key] ?? '' }))
    .filter((change) => change.before !== change.after);
}

function compareNamed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Difference {
  const both = [...before.keys()].filter((name) => after.has(name));
  return {
    added: missing(after, before),
    removed: missing(before, after),
    changed: changes(both.map((name) => ({ name, before: before.get(name) ?? '', after: after.get(name) ?? '' }))),
  };
}

/** The names in `of` that `from` hasn't. */
function missing(of: ReadonlyMap<string, unknown>, from: ReadonlyMap<string, unknown>): readonly string[] {
  return [...of.keys()].filter((name) => !from.has(name));
}

function changes(candidates: readonly Change[]): readonly Change[] {
  return candidates.filter(({ before, after }) => before !== after);
}

function isEmpty(value: object): boolean {
  return Object.values(value).every((part: unknown) => {
    if (Array.isArray(part)) return part.length === 0;
    return typeof part !== 'object' || part === null || isEmpty(part);
  });
}
