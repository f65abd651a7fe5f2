/**
 * Bindings and their parameters, from JSON.
 */

import { isObject } from '../../guards.ts';
import { type IssueList, type Place, quote } from '../issues.ts';
import type { LayoutBinding, LayoutParam } from '../layout.ts';
import { DEEPEST_PARAMS, readBindingText, readParamText } from './binding-text.ts';
import { typeName } from './members.ts';

/** The editor's behaviour whose parameter is a text for the keymap. */
const CUSTOM_BINDING = 'Custom';

/** What takes the place of a binding that can't be read, so that the others keep theirs. */
export const UNREADABLE: LayoutBinding = { value: '&none', params: [] };

/** Reads a binding; tells what is wrong with its form. */
export function readBinding(value: unknown, place: Place, issues: IssueList): LayoutBinding {
  if (!isObject(value) || typeof value['value'] !== 'string') {
    const form = 'a binding must be an object such as { "value": "&kp", "params": [{ "value": "A" }] }';
    issues.error('wrong-type', place, `${form}, not ${typeName(value)}`);
    return UNREADABLE;
  }
  if (value['value'] === CUSTOM_BINDING) return readCustomBinding(value['params'], place, issues);
  const binding = readBindingText(value['value']);
  if (binding === undefined) {
    issues.error('bad-binding', place, `${quote(value['value'])} is not a behaviour, such as "&kp"`);
    return UNREADABLE;
  }
  return { value: binding.value, params: [...binding.params, ...readParams(value['params'], place, issues, 1)] };
}

function readCustomBinding(params: unknown, place: Place, issues: IssueList): LayoutBinding {
  const first: unknown = Array.isArray(params) ? params[0] : undefined;
  const text = isObject(first) ? first['value'] : undefined;
  const binding = typeof text === 'string' ? readBindingText(text) : undefined;
  if (binding !== undefined) return binding;
  issues.error('bad-binding', place, `the text of a Custom key must be a binding such as "&kp A", not ${quote(text)}`);
  return UNREADABLE;
}

function readParams(value: unknown, place: Place, issues: IssueList, depth: number): readonly LayoutParam[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    issues.error('wrong-type', place, `params must be a list, not ${typeName(value)}`);
    return [];
  }
  if (value.length > 0 && depth > DEEPEST_PARAMS) {
    issues.error('too-large', place, `parameters are nested more than ${DEEPEST_PARAMS} deep`);
    return [];
  }
  return value.flatMap((param: unknown) => readParam(param, place, issues, depth) ?? []);
}

function readParam(param: unknown, place: Place, issues: IssueList, depth: number): LayoutParam | undefined {
  const given = isObject(param) ? param['value'] : undefined;
  if (!isObject(param) || (typeof given !== 'string' && !Number.isSafeInteger(given))) {
    issues.error('wrong-type', place, `a parameter must be an object such as { "value": "A" }, not ${typeName(param)}`);
    return undefined;
  }
  const params = readParams(param['params'], place, issues, depth + 1);
  const read = typeof given === 'string' ? readParamText(given) : { value: Number(given), params: [] };
  if (read === undefined || (read.params.length > 0 && params.length > 0)) {
    issues.error('bad-binding', place, `${quote(given)} is not a parameter, such as "A" or "LS(A)"`);
    return undefined;
  }
  return params.length === 0 ? read : { value: read.value, params };
}
