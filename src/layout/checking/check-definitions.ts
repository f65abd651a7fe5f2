/**
 * Macros, hold-taps, combos and input listeners: whether what they are made of exists.
 */

import { type Place, quote, WHOLE } from '../issues.ts';
import type { LayoutHoldTap, LayoutInputProcessor, LayoutMacro } from '../layout.ts';
import { duplicates, isIdentifier, withoutAmpersand } from '../names/identifiers.ts';
import { bindingPlace } from '../reading/places.ts';
import { ZMK_BEHAVIORS } from '../zmk/behaviors.ts';
import { systemBehavior } from '../zmk/system-behaviors.ts';
import type { LayoutCheck } from './check-layout.ts';

const FLAVORS = ['hold-preferred', 'balanced', 'tap-preferred', 'tap-unless-interrupted'];
const MOST_MACRO_PARAMS = 2;
/** Enough to see what is going on; there can be as many circles as there are macros, each as long as that. */
const MOST_CIRCLES = 10;
const LONGEST_CIRCLE = 10;

export function checkMacros(check: LayoutCheck): void {
  const { issues, layout } = check;
  for (const macro of layout.macros) {
    const place = placeOf('macro', macro);
    checkName(check, macro.name, place);
    if (macro.params.length > MOST_MACRO_PARAMS) {
      issues.error('wrong-params', place, `a macro has at most 2 parameters, not ${macro.params.length}`);
    }
    if (macro.bindings.length === 0) issues.error('wrong-length', place, 'bindings is empty');
    for (const [index, binding] of macro.bindings.entries()) {
      check.checkBinding(binding, bindingPlace(place, index), true);
    }
  }
  const names = [...layout.macros, ...layout.holdTaps].map(({ name }) => name);
  for (const name of duplicates(names)) {
    issues.error('duplicate', WHOLE, `two macros or hold-taps are named ${quote(name)}`);
  }
  for (const circle of findCircles(layout.macros, layout.holdTaps)) {
    issues.error('cycle', WHOLE, `macros and hold-taps call each other in a circle: ${describeCircle(circle)}`);
  }
}

export function checkHoldTaps(check: LayoutCheck): void {
  const { issues, vocabulary } = check;
  for (const holdTap of check.layout.holdTaps) {
    const place = placeOf('hold-tap', holdTap);
    checkName(check, holdTap.name, place);
    const { bindings, flavor, holdTriggerKeyPositions } = holdTap;
    if (bindings.length !== 2) {
      const form = 'bindings must be two behaviours, for hold and for tap, such as ["&mo", "&kp"]';
      issues.error('wrong-length', place, `${form}, not ${bindings.length}`);
    }
    for (const binding of bindings) {
      const name = withoutAmpersand(binding);
      if (name === binding || !isIdentifier(name)) {
        issues.error('bad-binding', place, `${quote(binding)} is not the name of a behaviour, such as "&kp"`);
        continue;
      }
      const behavior = vocabulary.behavior(name);
      const text = `unknown behaviour &${name}`;
      if (behavior === undefined && vocabulary.custom.isOpaque) {
        issues.warn('unknown-behavior', place, `${text}; the custom devicetree may define it`);
      } else if (behavior === undefined) issues.error('unknown-behavior', place, text);
      else if ((behavior.params?.length ?? 0) > 1) {
        issues.error('wrong-params', place, `&${name} takes more than 1 parameter, a hold-tap can give it only one`);
      } else if (!vocabulary.defines(name)) {
        const { cells, takesLayer } = systemBehavior(name) ?? {};
        if (cells !== undefined) {
          issues.error('wrong-params', place, `&${name} can't be part of a hold-tap: it is one itself`);
        } else if (takesLayer) {
          issues.error(
            'wrong-params',
            place,
            `&${name} can't be part of a hold-tap, which can't tell it the layer; take &mo`,
          );
        }
      }
    }
    if (flavor !== undefined && !FLAVORS.includes(flavor)) {
      issues.error('wrong-params', place, `flavor must be one of ${FLAVORS.join(', ')}, not ${quote(flavor)}`);
    }
    check.checkPositions('holdTriggerKeyPositions', holdTriggerKeyPositions ?? [], place);
  }
}

export function checkCombos(check: LayoutCheck): void {
  const { combos } = check.layout;
  for (const combo of combos) {
    const place = placeOf('combo', combo);
    check.checkBinding(combo.binding, place, false);
    check.checkPositions('keyPositions', combo.keyPositions, place);
    check.checkLayerReferences(combo.layers, place);
    if (combo.keyPositions.length === 0) check.issues.error('wrong-length', place, 'keyPositions is empty');
  }
  for (const name of duplicates(combos.map(({ name }) => name))) {
    check.issues.error('duplicate', WHOLE, `two combos are named ${quote(name)}`);
  }
}

export function checkInputListeners(check: LayoutCheck): void {
  const { inputListeners } = check.layout;
  for (const listener of inputListeners) {
    const place = { name: `input listener ${quote(withoutAmpersand(listener.code))}` };
    checkReference(check, listener.code, place);
    checkProcessors(check, listener.inputProcessors, place);
    for (const node of listener.nodes) {
      const nodePlace = { name: `${place.name}, node ${quote(node.code)}` };
      check.checkLayerReferences(node.layers, nodePlace);
      if (node.layers.length === 0) check.issues.error('wrong-length', nodePlace, 'layers is empty');
      checkProcessors(check, node.inputProcessors, nodePlace);
    }
  }
  for (const code of duplicates(inputListeners.map(({ code }) => code))) {
    check.issues.error('duplicate', WHOLE, `there are two input listeners for ${quote(code)}`);
  }
}

function checkProcessors(check: LayoutCheck, processors: readonly LayoutInputProcessor[], place: Place): void {
  for (const { code, params } of processors) {
    checkReference(check, code, place);
    for (const param of params.flat()) {
      if (typeof param === 'number' || isIdentifier(param)) continue;
      check.issues.error('wrong-params', place, `${code} takes numbers and names, not ${quote(param)}`);
    }
  }
}

function checkReference({ issues }: LayoutCheck, code: string, place: Place): void {
  const name = withoutAmpersand(code);
  if (name !== code && isIdentifier(name)) return;
  issues.error(
    'bad-name',
    place,
    `code must be & and the label of a node, such as "&zip_xy_scaler", not ${quote(code)}`,
  );
}

/** A name that is a word of ZMK's would be replaced by the preprocessor, or take the place of what ZMK has. */
function checkName({ issues, vocabulary }: LayoutCheck, name: string, place: Place): void {
  if (!isIdentifier(name)) {
    issues.error('bad-name', place, 'a name must be letters, digits and _, and not begin with a digit');
  } else if (Object.hasOwn(ZMK_BEHAVIORS, name)) {
    issues.error('duplicate', place, `&${name} is one of ZMK's behaviours; it needs another name`);
  } else if (vocabulary.isWord(name)) {
    issues.error('bad-name', place, 'the name is a word with a meaning of its own in keymaps, such as a key code');
  } else if (vocabulary.custom.behaviors.has(name)) {
    issues.error('duplicate', place, 'the custom devicetree defines that name, too');
  }
}

function placeOf(noun: string, { name }: { readonly name: string }): Place {
  return { name: `${noun} ${quote(name)}` };
}

/** The circles that lead from a name back to itself, each once, as the names on the way. */
function findCircles(macros: readonly LayoutMacro[], holdTaps: readonly LayoutHoldTap[]): readonly string[][] {
  const calls = new Map<string, readonly string[]>();
  for (const { name, bindings } of macros)
    calls.set(
      name,
      bindings.map(({ value }) => withoutAmpersand(value)),
    );
  for (const { name, bindings } of holdTaps) calls.set(name, bindings.map(withoutAmpersand));
  const circles: string[][] = [];
  const finished = new Set<string>();
  for (const start of calls.keys()) {
    if (circles.length === MOST_CIRCLES) break;
    // Without recursion: a chain may be as long as the text allows.
    const path: { readonly name: string; readonly rest: string[] }[] = [];
    const onPath = new Set<string>();
    const enter = (name: string) => {
      path.push({ name, rest: [...new Set(calls.get(name))].reverse() });
      onPath.add(name);
    };
    if (!finished.has(start)) enter(start);
    for (let last = path.at(-1); last !== undefined && circles.length < MOST_CIRCLES; last = path.at(-1)) {
      const next = last.rest.pop();
      if (next === undefined) {
        path.pop();
        onPath.delete(last.name);
        finished.add(last.name);
      } else if (onPath.has(next)) {
        const names = path.map(({ name }) => name);
        circles.push([...names.slice(names.indexOf(next)), next]);
      } else if (calls.has(next) && !finished.has(next)) enter(next);
    }
  }
  return circles;
}

function describeCircle(names: readonly string[]): string {
  const shown = names.slice(0, LONGEST_CIRCLE).map((name) => `&${name}`);
  return [...shown, ...(names.length > LONGEST_CIRCLE ? ['…'] : [])].join(' → ');
}
