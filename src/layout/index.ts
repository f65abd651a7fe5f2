/**
 * Keyboard layouts, from the JSON of the Glove80 Layout Editor to ZMK's devicetree.
 */

export type {
  Change,
  Difference,
  KeyChange,
  LayerChange,
  LayoutComparison,
} from './comparing/compare-layouts.ts';
export { createLayoutService } from './create.ts';
export type { LayoutIssue, LayoutIssueCode } from './issues.ts';
export type { LayoutTtls } from './keeping/keeper.ts';
export type {
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
} from './layout.ts';
export { LayoutError } from './layout-error.ts';
export {
  type CompiledLayout,
  LayoutService,
  type LayoutServiceOptions,
  type RenderedLayout,
} from './layout-service.ts';
export type { LayoutSource } from './reading/source.ts';
