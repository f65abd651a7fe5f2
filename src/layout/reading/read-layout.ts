/**
 * From the editor's JSON to a layout.
 *
 * Only the form is looked at here: whether what is said makes sense is for `checking/` to tell.
 */

import { isObject } from '../../guards.ts';
import { type IssueList, quote, WHOLE } from '../issues.ts';
import type {
  Layout,
  LayoutBinding,
  LayoutCombo,
  LayoutConfigParameter,
  LayoutHoldTap,
  LayoutInputListener,
  LayoutInputProcessor,
  LayoutMacro,
} from '../layout.ts';
import { withoutAmpersand } from '../names/identifiers.ts';
import { MemberReader, typeName } from './members.ts';
import { bindingPlace, keyPlace, layerPlace } from './places.ts';
import { readBinding, UNREADABLE } from './read-binding.ts';

const LONGEST_WAIT_MS = 65_535;

const MEMBERS = [
  'combos',
  'config_parameters',
  'creator',
  'custom_defined_behaviors',
  'custom_devicetree',
  'date',
  'firmware_api_version',
  'holdTaps',
  'inputListeners',
  'keyboard',
  'layer_names',
  'layers',
  'layout_parameters',
  'locale',
  'macros',
  'notes',
  'parent_uuid',
  'tags',
  'title',
  'unlisted',
  'uuid',
];
const MACRO_MEMBERS = ['bindings', 'description', 'name', 'params', 'tapMs', 'waitMs'];
const HOLD_TAP_MEMBERS = [
  'bindings',
  'description',
  'flavor',
  'holdTriggerKeyPositions',
  'holdTriggerOnRelease',
  'holdWhileUndecided',
  'name',
  'quickTapMs',
  'requirePriorIdleMs',
  'retroTap',
  'tappingTermMs',
];
const COMBO_MEMBERS = [
  'binding',
  'description',
  'keyPositions',
  'layers',
  'name',
  'requirePriorIdleMs',
  'slowRelease',
  'timeoutMs',
];

/** Reads a layout from what its JSON says; nothing if that is not even an object. */
export function readLayout(json: unknown, issues: IssueList): Layout | undefined {
  if (!isObject(json)) {
    issues.error('wrong-type', WHOLE, `a layout must be an object, not ${typeName(json)}`);
    return undefined;
  }
  const reader = MemberReader.of(json, WHOLE, issues);
  if (reader === undefined) return undefined;
  reader.require('keyboard', 'layer_names', 'layers');
  reader.warnOfOthers(MEMBERS);
  const layerNames = reader.texts('layer_names');
  return {
    keyboard: reader.text('keyboard'),
    title: reader.text('title'),
    creator: reader.text('creator'),
    notes: reader.text('notes'),
    locale: reader.text('locale'),
    uuid: reader.text('uuid'),
    parentUuid: reader.text('parent_uuid'),
    date: reader.textOrNumber('date'),
    tags: reader.texts('tags'),
    layerNames,
    layers: reader.list('layers').map((layer, index) => readLayer(layer, index, layerNames[index], issues)),
    macros: readEach(reader, 'macros', 'macro', readMacro),
    holdTaps: readEach(reader, 'holdTaps', 'hold-tap', readHoldTap),
    combos: readEach(reader, 'combos', 'combo', readCombo),
    inputListeners: readEach(reader, 'inputListeners', 'input listener', readInputListener),
    customDefinedBehaviors: reader.text('custom_defined_behaviors'),
    customDevicetree: reader.text('custom_devicetree'),
    configParameters: readEach(reader, 'config_parameters', 'config parameter', readConfigParameter),
  };
}

function readLayer(value: unknown, index: number, name: string | undefined, issues: IssueList): LayoutBinding[] {
  const place = layerPlace(index, name);
  if (Array.isArray(value)) {
    return value.map((binding: unknown, key) => readBinding(binding, keyPlace(place, key), issues));
  }
  issues.error('wrong-type', place, `must be a list of bindings, not ${typeName(value)}`);
  return [];
}

/** Reads a list of named things, in places such as `macro "greet"`. */
function readEach<T>(
  above: MemberReader,
  member: string,
  noun: string,
  read: (reader: MemberReader) => T,
): readonly T[] {
  return above.list(member).flatMap((value, index) => {
    const given = isObject(value) ? (value['name'] ?? value['code'] ?? value['paramName']) : undefined;
    const name = typeof given === 'string' ? quote(withoutAmpersand(given)) : String(index);
    const prefix = above.place.name === '' ? '' : `${above.place.name}, `;
    const reader = MemberReader.of(value, { name: `${prefix}${noun} ${name}` }, above.issues);
    return reader === undefined ? [] : [read(reader)];
  });
}

function readMacro(reader: MemberReader): LayoutMacro {
  reader.require('name', 'bindings');
  reader.warnOfOthers(MACRO_MEMBERS);
  return {
    ...readName(reader),
    bindings: readBindings(reader),
    params: reader.texts('params'),
    ...optional('waitMs', reader.integer('waitMs', 0, LONGEST_WAIT_MS)),
    ...optional('tapMs', reader.integer('tapMs', 0, LONGEST_WAIT_MS)),
  };
}

function readBindings(reader: MemberReader): readonly LayoutBinding[] {
  const { place, issues } = reader;
  return reader.list('bindings').map((binding, index) => readBinding(binding, bindingPlace(place, index), issues));
}

function readHoldTap(reader: MemberReader): LayoutHoldTap {
  reader.require('name', 'bindings');
  reader.warnOfOthers(HOLD_TAP_MEMBERS);
  return {
    ...readName(reader),
    bindings: reader.texts('bindings'),
    ...optional('flavor', reader.has('flavor') ? reader.text('flavor') : undefined),
    ...optional('tappingTermMs', reader.integer('tappingTermMs', 0, LONGEST_WAIT_MS)),
    // -1 is ZMK's way to say: not at all.
    ...optional('quickTapMs', reader.integer('quickTapMs', -1, LONGEST_WAIT_MS)),
    ...optional('requirePriorIdleMs', reader.integer('requirePriorIdleMs', -1, LONGEST_WAIT_MS)),
    ...optional('holdTriggerKeyPositions', reader.integers('holdTriggerKeyPositions')),
    holdTriggerOnRelease: reader.flag('holdTriggerOnRelease'),
    holdWhileUndecided: reader.flag('holdWhileUndecided'),
    retroTap: reader.flag('retroTap'),
  };
}

function readCombo(reader: MemberReader): LayoutCombo {
  reader.require('name', 'binding', 'keyPositions');
  reader.warnOfOthers(COMBO_MEMBERS);
  const layers = reader.textsOrNumbers('layers');
  const binding = reader.get('binding');
  return {
    ...readName(reader),
    binding: binding === undefined ? UNREADABLE : readBinding(binding, reader.place, reader.issues),
    keyPositions: reader.integers('keyPositions') ?? [],
    // The editor's way to say: on all of them.
    layers: layers.length === 1 && layers[0] === -1 ? [] : layers,
    ...optional('timeoutMs', reader.integer('timeoutMs', 0, LONGEST_WAIT_MS)),
    ...optional('requirePriorIdleMs', reader.integer('requirePriorIdleMs', -1, LONGEST_WAIT_MS)),
    slowRelease: reader.flag('slowRelease'),
  };
}

function readInputListener(reader: MemberReader): LayoutInputListener {
  reader.require('code');
  reader.warnOfOthers(['code', 'inputProcessors', 'nodes']);
  return {
    code: reader.text('code'),
    inputProcessors: readEach(reader, 'inputProcessors', 'processor', readInputProcessor),
    nodes: readEach(reader, 'nodes', 'node', (node) => {
      node.require('code', 'layers');
      node.warnOfOthers(['code', 'description', 'inputProcessors', 'layers']);
      return {
        code: node.text('code'),
        description: node.text('description'),
        layers: node.textsOrNumbers('layers'),
        inputProcessors: readEach(node, 'inputProcessors', 'processor', readInputProcessor),
      };
    }),
  };
}

function readInputProcessor(reader: MemberReader): LayoutInputProcessor {
  reader.require('code');
  reader.warnOfOthers(['code', 'params']);
  return { code: reader.text('code'), params: reader.textsNumbersOrLists('params') };
}

function readConfigParameter(reader: MemberReader): LayoutConfigParameter {
  reader.require('paramName', 'value');
  reader.warnOfOthers(['description', 'paramName', 'value']);
  const value = reader.get('value');
  const text = typeof value === 'boolean' ? (value ? 'y' : 'n') : String(reader.textOrNumber('value'));
  return { paramName: reader.text('paramName'), value: text, description: reader.text('description') };
}

function readName(reader: MemberReader): { readonly name: string; readonly description: string } {
  return { name: withoutAmpersand(reader.text('name')), description: reader.text('description') };
}

/** A member that is there only if it has a value. */
function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } {
  const member: { [Key in Name]?: Value } = {};
  if (value !== undefined) member[name] = value;
  return member;
}
