/**
 * What is kept of layouts, and how it is told from anything else.
 */

import type { Change, Difference, KeyChange, LayerChange, LayoutComparison } from '../comparing/compare-layouts.ts';
import type { LayoutIssue, LayoutIssueCode } from '../issues.ts';
import type {
  Layout,
  LayoutBinding,
  LayoutCombo,
  LayoutConfigParameter,
  LayoutHoldTap,
  LayoutInputListener,
  LayoutInputNode,
  LayoutInputProcessor,
  LayoutMacro,
  LayoutParam,
} from '../layout.ts';
import { DEEPEST_PARAMS, isBehaviorText, isCellText } from '../reading/binding-text.ts';
import { either, type Guard, isFlag, isNumber, isText, listOf, maybe, oneOf, shapeOf, textLike } from './guards.ts';

/** A layout as it was read. */
export interface KeptLayout {
  readonly layout: Layout;
  /** What was odd about its form. */
  readonly warnings: readonly LayoutIssue[];
}

/** A layout as it was compiled. */
export interface KeptFirmware {
  readonly keyboard: string;
  readonly title: string;
  readonly layerNames: readonly string[];
  readonly keymap: string;
  readonly conf: string;
  readonly warnings: readonly LayoutIssue[];
}

/** A layout as it was rendered with a template. */
export interface KeptRendering {
  readonly text: string;
  readonly warnings: readonly LayoutIssue[];
}

/** The guards of all that is kept. */
export interface KeptGuards {
  readonly layout: Guard<KeptLayout>;
  readonly issues: Guard<readonly LayoutIssue[]>;
  readonly firmware: Guard<KeptFirmware>;
  readonly rendering: Guard<KeptRendering>;
  readonly comparison: Guard<LayoutComparison>;
}

let guards: KeptGuards | undefined;

/** They are made when they are first asked for. */
export function keptGuards(): KeptGuards {
  guards ??= makeGuards();
  return guards;
}

function makeGuards(): KeptGuards {
  const texts = listOf(isText);
  const issues = listOf(issueGuard());
  return {
    issues,
    layout: shapeOf<KeptLayout>({ layout: layoutGuard(), warnings: issues }),
    firmware: shapeOf<KeptFirmware>({
      keyboard: isText,
      title: isText,
      layerNames: texts,
      keymap: isText,
      conf: isText,
      warnings: issues,
    }),
    rendering: shapeOf<KeptRendering>({ text: isText, warnings: issues }),
    comparison: comparisonGuard(),
  };
}

function issueGuard(): Guard<LayoutIssue> {
  return shapeOf<LayoutIssue>({
    severity: oneOf('error', 'warning'),
    // Codes that this version doesn't know are no reason to look at the layout again.
    code: (code): code is LayoutIssueCode => isText(code),
    layer: maybe(isNumber),
    key: maybe(isNumber),
    message: isText,
  });
}

function layoutGuard(): Guard<Layout> {
  const texts = listOf(isText);
  const reference = either(isText, isNumber);
  const cell = either(textLike(isCellText), isNumber);
  let params: Guard<readonly LayoutParam[]> = (value): value is readonly LayoutParam[] =>
    Array.isArray(value) && value.length === 0;
  // As many levels as a layout may have: a guard that calls itself could be led as deep as somebody likes.
  for (let level = 0; level <= DEEPEST_PARAMS; level++) params = listOf(shapeOf<LayoutParam>({ value: cell, params }));
  const binding = shapeOf<LayoutBinding>({ value: textLike(isBehaviorText), params });
  const named = { name: isText, description: isText };
  const inputProcessors = listOf(
    shapeOf<LayoutInputProcessor>({ code: isText, params: listOf(either(reference, texts)) }),
  );
  return shapeOf<Layout>({
    keyboard: isText,
    title: isText,
    creator: isText,
    notes: isText,
    locale: isText,
    uuid: isText,
    parentUuid: isText,
    date: reference,
    tags: texts,
    layerNames: texts,
    layers: listOf(listOf(binding)),
    macros: listOf(
      shapeOf<LayoutMacro>({
        ...named,
        bindings: listOf(binding),
        params: texts,
        waitMs: maybe(isNumber),
        tapMs: maybe(isNumber),
      }),
    ),
    holdTaps: listOf(
      shapeOf<LayoutHoldTap>({
        ...named,
        bindings: texts,
        flavor: maybe(isText),
        tappingTermMs: maybe(isNumber),
        quickTapMs: maybe(isNumber),
        requirePriorIdleMs: maybe(isNumber),
        holdTriggerKeyPositions: maybe(listOf(isNumber)),
        holdTriggerOnRelease: isFlag,
        holdWhileUndecided: isFlag,
        retroTap: isFlag,
      }),
    ),
    combos: listOf(
      shapeOf<LayoutCombo>({
        ...named,
        binding,
        keyPositions: listOf(isNumber),
        layers: listOf(reference),
        timeoutMs: maybe(isNumber),
        requirePriorIdleMs: maybe(isNumber),
        slowRelease: isFlag,
      }),
    ),
    inputListeners: listOf(
      shapeOf<LayoutInputListener>({
        code: isText,
        inputProcessors,
        nodes: listOf(
          shapeOf<LayoutInputNode>({ code: isText, description: isText, layers: listOf(reference), inputProcessors }),
        ),
      }),
    ),
    customDefinedBehaviors: isText,
    customDevicetree: isText,
    configParameters: listOf(shapeOf<LayoutConfigParameter>({ paramName: isText, value: isText, description: isText })),
  });
}

function comparisonGuard(): Guard<LayoutComparison> {
  const texts = listOf(isText);
  const changes = listOf(shapeOf<Change>({ name: isText, before: isText, after: isText }));
  const difference = shapeOf<Difference>({ added: texts, removed: texts, changed: changes });
  const keys = listOf(shapeOf<KeyChange>({ key: isNumber, before: isText, after: isText }));
  const layer = shapeOf<LayerChange>({ name: isText, before: isNumber, after: isNumber, keys });
  return shapeOf<LayoutComparison>({
    isSame: isFlag,
    description: changes,
    layers: shapeOf<LayoutComparison['layers']>({ added: texts, removed: texts, changed: listOf(layer) }),
    macros: difference,
    holdTaps: difference,
    combos: difference,
    inputListeners: difference,
    config: difference,
    devicetree: changes,
  });
}
