/**
 * Bindings as a keymap says them, and what is wrong with them.
 */

import { type LayoutIssueCode, quote } from '../issues.ts';
import type { LayoutBinding, LayoutParam } from '../layout.ts';
import { withoutAmpersand } from '../names/identifiers.ts';
import { PLACEHOLDER, type Vocabulary } from '../names/vocabulary.ts';
import { isArithmetic, isExpression } from '../reading/binding-text.ts';
import { BRACKETED, COMMANDS, type Commands, type ParamKind } from '../zmk/behaviors.ts';
import { isKeyCode, isModifier, likelyKeyCode } from '../zmk/key-codes.ts';
import { type SystemBehavior, systemBehavior } from '../zmk/system-behaviors.ts';

/** Is told what is wrong; `isCertain` is `false` where the layout's own devicetree might make it right. */
export type Complain = (code: LayoutIssueCode, text: string, isCertain?: boolean) => void;

/** Says the bindings of one layout as a keymap does. */
export class Speller {
  readonly #vocabulary: Vocabulary;
  readonly #complain: Complain;

  /** @param complain is told what is wrong with what is spelled. */
  constructor(vocabulary: Vocabulary, complain: Complain = () => {}) {
    this.#vocabulary = vocabulary;
    this.#complain = complain;
  }

  /** How a binding is written in a keymap. */
  spell(binding: LayoutBinding): string {
    const name = withoutAmpersand(binding.value);
    if (name === binding.value) return this.#customMacro(binding);
    const behavior = this.#vocabulary.behavior(name);
    if (behavior === undefined) {
      this.#complain('unknown-behavior', `unknown behaviour &${name}`, !this.#vocabulary.custom.isOpaque);
      return [`&${name}`, ...binding.params.map(spellParam)].join(' ');
    }
    const system = this.#vocabulary.defines(name) ? undefined : systemBehavior(name);
    const given = this.#params(name, binding.params, behavior.params);
    if (system?.takesLayer) return this.#layerKey(name, system, given);
    if (system !== undefined && given.length === 0) return this.#system(name, system);
    if (behavior.cells === undefined || given.length !== behavior.params?.length) {
      return [`&${name}`, ...given].join(' ');
    }
    const rest = [...given];
    return [`&${name}`, ...behavior.cells.map((cell) => (cell === 'unused' ? PLACEHOLDER : rest.shift()))].join(' ');
  }

  #system(name: string, { layer: title, spell }: SystemBehavior): string {
    if (title === undefined) return spell('');
    const layer = this.#vocabulary.layer(title);
    if (layer === undefined) this.#complain('unknown-layer', `&${name} needs a layer named ${quote(title)}`);
    return spell(this.#vocabulary.layerDefines[layer ?? 0] ?? '0');
  }

  /** What has a node for each of its layers, so that which one it is must be known here. */
  #layerKey(name: string, { spell }: SystemBehavior, [layer, ...rest]: readonly string[]): string {
    if (layer !== undefined && rest.length === 0 && this.#vocabulary.layer(layer) === undefined) {
      this.#complain('unknown-layer', `&${name} takes the number or the name of a layer, not ${quote(layer)}`);
    }
    return spell(layer ?? '0');
  }

  /** What the layout's own preprocessor turns into a binding. */
  #customMacro({ value, params }: LayoutBinding): string {
    if (!this.#vocabulary.custom.macros.has(value)) {
      this.#complain(
        'unknown-behavior',
        `unknown behaviour ${value}; names of behaviours begin with &`,
        !this.#vocabulary.custom.isOpaque,
      );
    }
    return [value, ...params.map(spellParam)].join(' ');
  }

  #params(name: string, params: readonly LayoutParam[], kinds: readonly ParamKind[] | undefined): string[] {
    if (kinds === undefined) return params.map((param) => this.#any(param));
    const [first, ...rest] = params;
    const [kind] = kinds;
    if (kinds.length === 1 && kind !== undefined && isCommandKind(kind) && first !== undefined) {
      return [this.#command(name, first, rest, COMMANDS[kind])];
    }
    // Who counts the cells of a hold-tap gives one for each, needed or not.
    const cells = this.#vocabulary.behavior(name)?.cells;
    if (params.length > kinds.length && params.length === cells?.length) {
      return params.map((param, index) => {
        const cell = cells[index] ?? 'unused';
        return cell === 'unused' ? this.#any(param) : this.#kind(name, param, cell);
      });
    }
    if (params.length !== kinds.length) {
      const wanted = kinds.length === 1 ? '1 parameter' : `${kinds.length === 0 ? 'no' : kinds.length} parameters`;
      const names = kinds.length === 0 ? '' : ` (${kinds.map(nameOfKind).join(', ')})`;
      this.#complain('wrong-params', `&${name} takes ${wanted}${names}, not ${params.length}`);
      return params.map(spellParam);
    }
    return params.map((param, index) => this.#kind(name, param, kinds[index] ?? 'any'));
  }

  #kind(name: string, param: LayoutParam, kind: ParamKind): string {
    if (isPlaceholder(param)) return PLACEHOLDER;
    if (kind === 'key') return this.#key(param);
    if (kind === 'layer') return this.#layer(name, param);
    if (kind === 'any' || this.#isOwnWord(param)) return this.#any(param);
    if (kind === 'milliseconds') {
      if (!isNumberIn(param, [0, 65_535])) {
        this.#complain('wrong-params', `&${name} takes a time in milliseconds, not ${shown(param)}`);
      }
      return spellParam(param);
    }
    return this.#command(name, param, [], COMMANDS[kind]);
  }

  #key(param: LayoutParam): string {
    const { value, params } = param;
    if (this.#isOwnWord(param) || isExpression(value)) return this.#any(param);
    const name = String(value);
    if (isModifier(name)) {
      const [key] = params;
      if (params.length !== 1 || key === undefined) {
        this.#complain('wrong-params', `${name}() takes 1 parameter (a key), not ${params.length}`);
        return spellParam(param);
      }
      return `${name}(${isPlaceholder(key) ? PLACEHOLDER : this.#key(key)})`;
    }
    if (!isKeyCode(name)) {
      const likely = likelyKeyCode(value);
      const hint = likely === undefined ? '' : `; did you mean ${likely}?`;
      this.#complain('unknown-key-code', `unknown key code ${shown(param)}${hint}`, !this.#vocabulary.custom.isOpaque);
    } else if (params.length > 0)
      this.#complain('wrong-params', `key code ${name} takes no parameters, not ${params.length}`);
    return spellParam(param);
  }

  #layer(name: string, param: LayoutParam): string {
    if (this.#isOwnWord(param) || isExpression(param.value)) return this.#any(param);
    const layer = param.params.length === 0 ? this.#vocabulary.layer(param.value) : undefined;
    const define = layer === undefined ? undefined : this.#vocabulary.layerDefines[layer];
    if (define !== undefined) return define;
    this.#complain(
      'unknown-layer',
      `&${name} refers to layer ${shown(param)}, which does not exist`,
      !this.#mayBeDefined(param),
    );
    return spellParam(param);
  }

  #command(name: string, param: LayoutParam, rest: readonly LayoutParam[], commands: Commands): string {
    if (this.#isOwnWord(param) || isExpression(param.value)) {
      return [param, ...rest].map((each) => this.#any(each)).join(' ');
    }
    const word = String(param.value);
    const given = [...param.params, ...rest];
    const text = BRACKETED.has(word)
      ? `${word}(${given.map(spellParam).join(', ')})`
      : [word, ...given.map(spellParam)].join(' ');
    const ranges = Object.hasOwn(commands, word) ? commands[word] : undefined;
    if (ranges === undefined) {
      const known = Object.keys(commands).join(', ');
      this.#complain('wrong-params', `&${name} takes one of ${known}, not ${shown(param)}`, !this.#mayBeDefined(param));
    } else if (given.length !== ranges.length) {
      const wanted = ranges.length === 1 ? '1 number' : `${ranges.length === 0 ? 'no' : ranges.length} numbers`;
      this.#complain('wrong-params', `${word} takes ${wanted}, not ${given.length}`);
    } else {
      for (const [index, range] of ranges.entries()) {
        const number = given[index];
        if (number === undefined || isPlaceholder(number) || this.#isOwnWord(number)) continue;
        if (isNumberIn(number, range)) continue;
        this.#complain('wrong-params', `${word} takes a number from ${range[0]} to ${range[1]}, not ${shown(number)}`);
      }
    }
    return text;
  }

  /** A parameter of which only the words can be looked at. */
  #any(param: LayoutParam): string {
    const text = spellParam(param);
    for (const [word] of text.matchAll(/(?<!\w)[A-Za-z_]\w*/g)) {
      if (this.#vocabulary.isWord(word)) continue;
      const isCertain = !this.#vocabulary.custom.isOpaque;
      if (word.startsWith('LAYER_')) this.#complain('unknown-layer', `layer ${quote(word)} does not exist`, isCertain);
      else this.#complain('unknown-key-code', `unknown word ${quote(word)}`, isCertain);
      return text;
    }
    // What the layout's own preprocessor takes need not be arithmetic.
    if (this.#vocabulary.custom.macros.size > 0 || !text.includes('(')) return text;
    if (!isArithmetic(text, isFunction)) {
      this.#complain('bad-binding', `${quote(text)} is not an expression of keys and numbers`);
    }
    return text;
  }

  /** Whether the layout's own preprocessor says what it is. */
  #isOwnWord({ value }: LayoutParam): boolean {
    return typeof value === 'string' && this.#vocabulary.custom.macros.has(value);
  }

  #mayBeDefined({ value }: LayoutParam): boolean {
    return this.#vocabulary.custom.isOpaque && typeof value === 'string' && /^[A-Za-z_]/.test(value);
  }
}

function isFunction(name: string): boolean {
  return isModifier(name) || BRACKETED.has(name);
}

function spellParam({ value, params }: LayoutParam): string {
  // In a cell, a minus is arithmetic, which wants brackets.
  if (typeof value === 'number' && value < 0) return `(${value})`;
  return params.length === 0 ? String(value) : `${value}(${params.map(spellParam).join(', ')})`;
}

function shown(param: LayoutParam): string {
  return quote(typeof param.value === 'number' && param.params.length === 0 ? param.value : spellParam(param));
}

function isPlaceholder({ value, params }: LayoutParam): boolean {
  return value === PLACEHOLDER && params.length === 0;
}

function isNumberIn({ value, params }: LayoutParam, [least, most]: readonly [number, number]): boolean {
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  return params.length === 0 && Number.isInteger(number) && number >= least && number <= most;
}

function isCommandKind(kind: ParamKind): kind is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, kind);
}

function nameOfKind(kind: ParamKind): string {
  if (kind === 'key' || kind === 'layer') return `a ${kind}`;
  return kind === 'milliseconds' ? 'a time' : kind === 'any' ? 'anything' : `for ${kind}`;
}
