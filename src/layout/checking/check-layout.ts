/**
 * Whether what a layout says makes sense.
 */

import { type IssueList, type Place, quote, WHOLE } from '../issues.ts';
import type { Layout, LayoutBinding } from '../layout.ts';
import { duplicates, withoutAmpersand } from '../names/identifiers.ts';
import type { Vocabulary } from '../names/vocabulary.ts';
import { keyPlace, layerPlace } from '../reading/places.ts';
import { configValue, symbolFor } from '../zmk/config-names.ts';
import { countKeys, formsOf } from '../zmk/keyboards.ts';
import { checkCombos, checkHoldTaps, checkInputListeners, checkMacros } from './check-definitions.ts';
import { Speller } from './speller.ts';

/** ZMK keeps the layers that are on in the bits of one number. */
const MOST_LAYERS = 32;
const MOST_KEYS = 1024;

/** Checks one layout. */
export class LayoutCheck {
  readonly layout: Layout;
  readonly vocabulary: Vocabulary;
  readonly issues: IssueList;
  /** The number of keys of the keyboard. */
  readonly keyCount: number;

  constructor(layout: Layout, vocabulary: Vocabulary, issues: IssueList) {
    this.layout = layout;
    this.vocabulary = vocabulary;
    this.issues = issues;
    this.keyCount = keyCountOf(layout);
  }

  /** Tells everything that is wrong. */
  run(): void {
    this.#checkLayers();
    for (const fault of this.vocabulary.custom.faults) this.issues.error('bad-devicetree', WHOLE, fault);
    checkMacros(this);
    checkHoldTaps(this);
    checkCombos(this);
    checkInputListeners(this);
    this.#checkConfig();
  }

  /** Checks a binding that stands on a key, in a combo, or in a macro. */
  checkBinding(binding: LayoutBinding, place: Place, isInMacro: boolean): void {
    const speller = new Speller(this.vocabulary, (code, text, isCertain = true) => {
      if (isCertain) this.issues.error(code, place, text);
      else this.issues.warn(code, place, `${text}; the custom devicetree may define it`);
    });
    speller.spell(binding);
    const name = withoutAmpersand(binding.value);
    if (!isInMacro && this.vocabulary.behavior(name)?.steersMacro) {
      this.issues.error('wrong-params', place, `${binding.value} steers macros and can't stand outside of one`);
    }
  }

  /** Checks that layers exist. */
  checkLayerReferences(references: readonly (string | number)[], place: Place): void {
    for (const reference of references) {
      if (this.vocabulary.layer(reference) === undefined) {
        this.issues.error('unknown-layer', place, `layer ${quote(reference)} does not exist`);
      }
    }
  }

  /** Checks that key positions exist, each once. */
  checkPositions(name: string, positions: readonly number[], place: Place): void {
    for (const position of positions) {
      if (position >= 0 && position < this.keyCount) continue;
      const range = `0 to ${this.keyCount - 1}`;
      this.issues.error('out-of-range', place, `${name} has ${position}; the keyboard's keys are ${range}`);
    }
    if (new Set(positions).size < positions.length) this.issues.error('duplicate', place, `${name} has a key twice`);
  }

  #checkLayers(): void {
    const { layout, issues } = this;
    const { layers, layerNames } = layout;
    if (layers.length === 0) issues.error('wrong-length', WHOLE, 'layers is empty; a layout has at least one layer');
    if (layers.length > MOST_LAYERS) {
      issues.error('too-large', WHOLE, `there are ${layers.length} layers; ZMK can have ${MOST_LAYERS}`);
    }
    if (layerNames.length !== layers.length) {
      const counts = `${layerNames.length} in layer_names, ${layers.length} in layers`;
      issues.error('wrong-length', WHOLE, `each layer must have one name: there are ${counts}`);
    }
    for (const name of duplicates(layerNames)) issues.error('duplicate', WHOLE, `two layers are named ${quote(name)}`);
    for (const [index, bindings] of layers.entries()) {
      const place = layerPlace(index, layerNames[index]);
      this.#checkLength(bindings.length, place);
      for (const [key, binding] of bindings.entries()) this.checkBinding(binding, keyPlace(place, key), false);
    }
  }

  #checkLength(length: number, place: Place): void {
    const { keyboard } = this.layout;
    const counts = [...new Set(formsOf(keyboard).map(countKeys))];
    if (counts.length > 0 && !counts.includes(length)) {
      const keys = `${keyboard} has ${counts.join(' or ')} keys`;
      this.issues.error('wrong-length', place, `must have a binding for each key: it has ${length}, ${keys}`);
    } else if (length !== this.keyCount) {
      const others = `the first layer has ${this.keyCount}`;
      this.issues.error(
        'wrong-length',
        place,
        `must have as many keys as the first layer: it has ${length}, ${others}`,
      );
    } else if (length === 0 || length > MOST_KEYS) {
      this.issues.error('wrong-length', place, `must have from 1 to ${MOST_KEYS} keys, not ${length}`);
    }
  }

  #checkConfig(): void {
    const { configParameters } = this.layout;
    for (const { paramName, value } of configParameters) {
      const place = { name: `config parameter ${quote(paramName)}` };
      if (!/^[A-Z][A-Z0-9_]{0,127}$/.test(paramName)) {
        this.issues.error('bad-config', place, 'a name has capital letters, digits and _ only, such as ZMK_SLEEP');
      }
      if (configValue(value) === undefined) {
        const wanted = 'y, n, a whole number, or a text without quotes, backslashes and line breaks';
        this.issues.error('bad-config', place, `a value must be ${wanted}, not ${quote(value)}`);
      }
    }
    for (const symbol of duplicates(configParameters.map(({ paramName }) => symbolFor(paramName)))) {
      this.issues.error('duplicate', WHOLE, `config parameter ${quote(symbol)} is set twice`);
    }
  }
}

/** What the keyboard has or, if that is not known, the first layer. */
function keyCountOf({ keyboard, layers }: Layout): number {
  const counts = formsOf(keyboard).map(countKeys);
  const first = layers[0]?.length ?? 0;
  return counts.includes(first) ? first : (counts[0] ?? first);
}
