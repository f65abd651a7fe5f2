/**
 * What the words of one layout mean: its behaviours, its layers, and what its own devicetree adds.
 */

import type { Layout, LayoutHoldTap, LayoutMacro } from '../layout.ts';
import { type Behavior, COMMANDS, type ParamKind, ZMK_BEHAVIORS } from '../zmk/behaviors.ts';
import { isKeyCode, isModifier } from '../zmk/key-codes.ts';
import { systemBehavior } from '../zmk/system-behaviors.ts';
import { type CustomText, readCustomText } from './custom-text.ts';
import { nodeNames, withoutAmpersand } from './identifiers.ts';

/** A behaviour of a layout. */
export interface KnownBehavior extends Behavior {
  /** What each cell of it is; a cell that its hold or tap doesn't take is given in no binding. */
  readonly cells?: readonly (ParamKind | 'unused')[];
}

/** The word for a parameter that is given later, or doesn't matter. */
export const PLACEHOLDER = 'MACRO_PLACEHOLDER';

/** The words of one layout. */
export class Vocabulary {
  readonly custom: CustomText;
  /** The preprocessor's names for the layers. */
  readonly layerDefines: readonly string[];
  readonly #layout: Layout;
  readonly #own = new Map<string, LayoutMacro | LayoutHoldTap>();
  readonly #layers = new Map<string, number>();
  readonly #found = new Map<string, KnownBehavior | undefined>();

  constructor(layout: Layout) {
    this.#layout = layout;
    this.custom = readCustomText([
      { name: 'custom_devicetree', text: layout.customDevicetree },
      { name: 'custom_defined_behaviors', text: layout.customDefinedBehaviors },
    ]);
    const names = layout.layers.map((_, index) => layout.layerNames[index] ?? String(index));
    this.layerDefines = nodeNames('LAYER_', names);
    for (const [index, name] of names.entries()) if (!this.#layers.has(name)) this.#layers.set(name, index);
    for (const [index, define] of this.layerDefines.entries()) this.#layers.set(define, index);
    for (const own of [...layout.macros, ...layout.holdTaps]) this.#own.set(own.name, own);
  }

  /** The behaviour of a name, without its `&`. The layout's own come before ZMK's and the editor's. */
  behavior(name: string): KnownBehavior | undefined {
    if (!this.#found.has(name)) this.#found.set(name, this.#find(name));
    return this.#found.get(name);
  }

  /** Whether the layout itself says what `name` is, in whichever way. */
  defines(name: string): boolean {
    return this.#own.has(name) || this.custom.behaviors.has(name);
  }

  /** The number of a layer, from its number, its name, or the preprocessor's name for it. */
  layer(reference: string | number): number | undefined {
    // Digits are a number, whatever layers are called.
    if (typeof reference === 'string' && !/^\d{1,4}$/.test(reference)) return this.#layers.get(reference);
    const number = Number(reference);
    return Number.isInteger(number) && number >= 0 && number < this.#layout.layers.length ? number : undefined;
  }

  /** Whether an expression may hold `word`. */
  isWord(word: string): boolean {
    return (
      this.custom.macros.has(word) ||
      word === PLACEHOLDER ||
      isKeyCode(word) ||
      isModifier(word) ||
      (word.startsWith('LAYER_') && this.#layers.has(word)) ||
      Object.values(COMMANDS).some((words) => Object.hasOwn(words, word))
    );
  }

  #find(name: string): KnownBehavior | undefined {
    const own = this.#own.get(name);
    if (own !== undefined) return 'params' in own ? macroBehavior(own) : this.#holdTapBehavior(own);
    const custom = this.custom.behaviors.get(name);
    if (custom !== undefined) return custom;
    if (Object.hasOwn(ZMK_BEHAVIORS, name)) return ZMK_BEHAVIORS[name];
    const system = systemBehavior(name);
    if (system === undefined) return undefined;
    const { takesLayer, cells } = system;
    return { params: takesLayer ? ['layer'] : [], ...(cells === undefined ? {} : { cells }) };
  }

  #holdTapBehavior(holdTap: LayoutHoldTap): KnownBehavior {
    const cells = holdTap.bindings.map((binding): ParamKind | 'unused' => {
      const name = withoutAmpersand(binding);
      const own = this.#own.get(name);
      // Not of hold-taps in hold-taps: they may go on like that, or round in circles.
      const params = own !== undefined && !('params' in own) ? undefined : this.behavior(name)?.params;
      return params === undefined ? 'any' : (params[0] ?? 'unused');
    });
    return { params: cells.filter((cell) => cell !== 'unused'), cells };
  }
}

function macroBehavior({ params }: LayoutMacro): Behavior {
  return { params: params.map((param) => (param === 'code' ? 'key' : param === 'layer' ? 'layer' : 'any')) };
}
