/**
 * The parts of a keymap. The layout was checked: what it refers to exists.
 */

import { Speller } from '../checking/speller.ts';
import type {
  Layout,
  LayoutBinding,
  LayoutCombo,
  LayoutHoldTap,
  LayoutInputProcessor,
  LayoutMacro,
} from '../layout.ts';
import { nodeNames, withoutAmpersand } from '../names/identifiers.ts';
import type { Vocabulary } from '../names/vocabulary.ts';
import { HEADERS } from '../zmk/behaviors.ts';
import { positionNames } from '../zmk/keyboards.ts';
import { SYSTEM_BEHAVIORS, type SystemBehavior, systemBehavior } from '../zmk/system-behaviors.ts';
import {
  cells,
  comment,
  flagProperty,
  node,
  numberProperty,
  plainText,
  rootNode,
  stringLiteral,
} from './devicetree.ts';
import { KeyGrid } from './grid.ts';

/** The parts of a keymap, by the names that templates call them; empty where a layout has nothing for it. */
export interface Sections {
  readonly title: string;
  readonly creator: string;
  readonly keyboard: string;
  readonly notes: string;
  /** What to include. */
  readonly includes: string;
  /** The preprocessor's names for the layers and, where they are used, for the key positions. */
  readonly defines: string;
  readonly custom_devicetree: string;
  readonly input_listeners: string;
  readonly custom_behaviors: string;
  readonly macros: string;
  readonly behaviors: string;
  readonly combos: string;
  readonly keymap: string;
}

const TWO_CELLS = '#binding-cells = <2>;';
/** What ZMK's own hold-taps have; one that says nothing can't be built. */
const TAPPING_TERM_MS = 200;
const MACRO_KINDS = ['zmk,behavior-macro', 'zmk,behavior-macro-one-param', 'zmk,behavior-macro-two-param'];

/** Writes every part of the keymap of `layout`. */
export function writeSections(layout: Layout, vocabulary: Vocabulary): Sections {
  const speller = new Speller(vocabulary);
  const spell = (binding: LayoutBinding) => speller.spell(binding);
  const layers = (references: readonly (string | number)[]) =>
    references.map((reference) => vocabulary.layerDefines[vocabulary.layer(reference) ?? 0] ?? '0');
  const systems = usedSystems(layout, vocabulary);
  const body = {
    custom_devicetree: layout.customDevicetree.trim(),
    input_listeners: writeInputListeners(layout, layers),
    custom_behaviors: writeCustomBehaviors(layout),
    macros: rootNode('macros', [...systems.macros, ...layout.macros.map((macro) => writeMacro(macro, spell))]),
    behaviors: rootNode('behaviors', [
      ...systems.behaviors,
      ...layout.holdTaps.map((holdTap) => writeHoldTap(holdTap, spell)),
    ]),
    combos: writeCombos(layout, spell, layers),
    keymap: writeKeymap(layout, spell),
  };
  const text = Object.values(body).join('\n');
  return {
    title: plainText(layout.title),
    creator: plainText(layout.creator),
    keyboard: plainText(layout.keyboard),
    notes: plainText(layout.notes),
    includes: HEADERS.filter(({ need }) => need === undefined || need.test(text))
      .map(({ path }) => `#include <${path}>`)
      .join('\n'),
    defines: writeDefines(layout, vocabulary, text),
    ...body,
  };
}

type Spell = (binding: LayoutBinding) => string;
type SpellLayers = (references: readonly (string | number)[]) => readonly string[];

function writeDefines({ keyboard }: Layout, { layerDefines }: Vocabulary, text: string): string {
  const positions = /\bPOS_[LR]H_/.test(text) ? positionNames(keyboard) : [];
  return [layerDefines, positions]
    .filter((names) => names.length > 0)
    .map((names) => names.map((name, number) => `#define ${name} ${number}`).join('\n'))
    .join('\n\n');
}

/** The nodes of the editor's behaviours that are used, and that the layout doesn't define itself. */
function usedSystems(layout: Layout, vocabulary: Vocabulary) {
  const bindings = [
    ...[layout.layers, layout.macros.map((macro) => macro.bindings)].flat(2),
    ...layout.combos.map(({ binding }) => binding),
  ];
  const custom = `${layout.customDevicetree}\n${layout.customDefinedBehaviors}`;
  const mentioned = [...custom.matchAll(/&(\w+)/g)].map(([, name = '']) => name);
  const named = [...bindings.map(({ value }) => value), ...layout.holdTaps.flatMap((holdTap) => holdTap.bindings)];
  const used = new Set([...named.map(withoutAmpersand), ...mentioned]);
  for (const name of used) {
    if (!vocabulary.defines(name)) for (const other of systemBehavior(name)?.uses ?? []) used.add(other);
  }
  const nodes: { macros: string[][]; behaviors: string[][] } = { macros: [], behaviors: [] };
  for (const [name, system] of Object.entries(SYSTEM_BEHAVIORS)) {
    const { node: definition, takesLayer, spell } = system;
    if (definition === undefined || !used.has(name) || vocabulary.defines(name)) continue;
    const layers = takesLayer ? layersOf(name, bindings, vocabulary) : [layerOf(system, vocabulary)];
    for (const layer of layers) {
      if (takesLayer && vocabulary.defines(withoutAmpersand(spell(layer)))) continue;
      nodes[definition.kind].push([definition.text(layer)]);
    }
  }
  return nodes;
}

/** The layers that bindings of one behaviour switch to, each once, in their order. */
function layersOf(name: string, bindings: readonly LayoutBinding[], vocabulary: Vocabulary): readonly string[] {
  const numbers = bindings
    .filter(({ value }) => value === `&${name}`)
    .map(({ params: [param] }) => (param === undefined ? undefined : vocabulary.layer(param.value)));
  return vocabulary.layerDefines.filter((_, layer) => numbers.includes(layer));
}

function layerOf({ layer }: SystemBehavior, vocabulary: Vocabulary): string {
  return vocabulary.layerDefines[layer === undefined ? 0 : (vocabulary.layer(layer) ?? 0)] ?? '0';
}

function writeCustomBehaviors({ customDefinedBehaviors }: Layout): string {
  const text = customDefinedBehaviors.trim();
  return text === '' ? '' : `/ {\n${text}\n};`;
}

function writeMacro({ name, description, params, waitMs, tapMs, bindings }: LayoutMacro, spell: Spell) {
  return [
    ...comment(description),
    ...node(`${name}: ${name}`, [
      `compatible = "${MACRO_KINDS[params.length]}";`,
      `#binding-cells = <${params.length}>;`,
      ...numberProperty('wait-ms', waitMs),
      ...numberProperty('tap-ms', tapMs),
      `bindings = ${bindings.map((binding) => `<${spell(binding)}>`).join(', ')};`,
    ]),
  ];
}

function writeHoldTap(holdTap: LayoutHoldTap, spell: Spell) {
  const behaviors = holdTap.bindings.map((value) => spell({ value, params: [] }).split(' ', 1).join());
  const positions = holdTap.holdTriggerKeyPositions ?? [];
  return [
    ...comment(holdTap.description),
    ...node(`${holdTap.name}: ${holdTap.name}`, [
      'compatible = "zmk,behavior-hold-tap";',
      TWO_CELLS,
      ...(holdTap.flavor === undefined ? [] : [`flavor = "${holdTap.flavor}";`]),
      ...numberProperty('tapping-term-ms', holdTap.tappingTermMs ?? TAPPING_TERM_MS),
      ...numberProperty('quick-tap-ms', orNothing(holdTap.quickTapMs)),
      ...numberProperty('require-prior-idle-ms', orNothing(holdTap.requirePriorIdleMs)),
      `bindings = ${behaviors.map((behavior) => `<${behavior}>`).join(', ')};`,
      ...(positions.length === 0 ? [] : [`hold-trigger-key-positions = <${cells(positions)}>;`]),
      ...flagProperty('hold-trigger-on-release', holdTap.holdTriggerOnRelease),
      ...flagProperty('hold-while-undecided', holdTap.holdWhileUndecided),
      ...flagProperty('retro-tap', holdTap.retroTap),
    ]),
  ];
}

/** -1 means the same as to say nothing. */
function orNothing(milliseconds: number | undefined): number | undefined {
  return milliseconds === -1 ? undefined : milliseconds;
}

function writeCombos({ combos }: Layout, spell: Spell, layers: SpellLayers): string {
  const names = nodeNames(
    'combo_',
    combos.map(({ name }) => name),
  );
  const nodes = combos.map((combo, index) => writeCombo(combo, names[index] ?? '', spell, layers));
  return rootNode('combos', nodes, ['compatible = "zmk,combos";']);
}

function writeCombo(combo: LayoutCombo, name: string, spell: Spell, layers: SpellLayers) {
  return [
    ...comment(combo.description),
    ...node(name, [
      ...numberProperty('timeout-ms', combo.timeoutMs),
      ...numberProperty('require-prior-idle-ms', orNothing(combo.requirePriorIdleMs)),
      `key-positions = <${cells(combo.keyPositions)}>;`,
      `bindings = <${spell(combo.binding)}>;`,
      ...(combo.layers.length === 0 ? [] : [`layers = <${cells(layers(combo.layers))}>;`]),
      ...flagProperty('slow-release', combo.slowRelease),
    ]),
  ];
}

function writeInputListeners({ inputListeners }: Layout, layers: SpellLayers): string {
  return inputListeners
    .map(({ code, inputProcessors, nodes }) => {
      const names = nodeNames(
        '',
        nodes.map((each) => `node_${withoutAmpersand(each.code)}`),
      );
      const inner = nodes.flatMap((each, index) => [
        ...comment(each.description),
        ...node(names[index] ?? '', [
          `layers = <${cells(layers(each.layers))}>;`,
          ...writeProcessors(each.inputProcessors),
        ]),
      ]);
      return node(code, [...writeProcessors(inputProcessors), ...inner]).join('\n');
    })
    .join('\n\n');
}

function writeProcessors(processors: readonly LayoutInputProcessor[]): readonly string[] {
  if (processors.length === 0) return [];
  const steps = processors.map(({ code, params }) => `<${[code, ...params.map(processorCell)].join(' ')}>`);
  return [`input-processors = ${steps.join(', ')};`];
}

function processorCell(param: string | number | readonly string[]): string {
  if (typeof param === 'string' || typeof param === 'number') return cells([param]);
  return param.length === 1 ? param.join() : `(${param.join(' | ')})`;
}

function writeKeymap({ keyboard, layers, layerNames }: Layout, spell: Spell): string {
  const names = nodeNames('layer_', layerNames);
  const grid = new KeyGrid(keyboard, layers[0]?.length ?? 0);
  const nodes = layers.map((bindings, index) =>
    node(names[index] ?? '', [
      `display-name = ${stringLiteral(layerNames[index] ?? '')};`,
      'bindings = <',
      ...grid.layOut(bindings.map(spell)),
      '>;',
    ]),
  );
  return rootNode('keymap', nodes, ['compatible = "zmk,keymap";']);
}
