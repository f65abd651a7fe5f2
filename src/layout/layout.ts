/**
 * A keyboard layout, as the Glove80 Layout Editor's JSON form has it, in this package's words.
 */

/** A parameter of a binding: a name with parameters of its own, as in `LC(LS(A))`, or a number. */
export interface LayoutParam {
  readonly value: string | number;
  readonly params: readonly LayoutParam[];
}

/** What a key does: a behaviour, such as `&kp`, and its parameters. */
export interface LayoutBinding {
  readonly value: string;
  readonly params: readonly LayoutParam[];
}

/** A macro: bindings that are played one after the other. */
export interface LayoutMacro {
  /** Without the `&`. */
  readonly name: string;
  readonly description: string;
  readonly bindings: readonly LayoutBinding[];
  /** What its parameters mean, at most two of them: `code` is a key, `layer` a layer, all else is not checked. */
  readonly params: readonly string[];
  /** The pause between two bindings, in milliseconds. */
  readonly waitMs?: number;
  /** How long each key is held, in milliseconds. */
  readonly tapMs?: number;
}

/** A key that does one thing when it is held and another when it is tapped. */
export interface LayoutHoldTap {
  /** Without the `&`. */
  readonly name: string;
  readonly description: string;
  /** The behaviour when it is held, then the one when it is tapped, each with its `&`. */
  readonly bindings: readonly string[];
  readonly flavor?: string;
  /** How long it must be pressed to be held, in milliseconds; in the keymap 200, if it is not given. */
  readonly tappingTermMs?: number;
  readonly quickTapMs?: number;
  readonly requirePriorIdleMs?: number;
  readonly holdTriggerKeyPositions?: readonly number[];
  readonly holdTriggerOnRelease: boolean;
  readonly holdWhileUndecided: boolean;
  readonly retroTap: boolean;
}

/** Keys that do something when they are pressed together. */
export interface LayoutCombo {
  readonly name: string;
  readonly description: string;
  readonly binding: LayoutBinding;
  readonly keyPositions: readonly number[];
  /** The layers on which it works; on all if there are none. */
  readonly layers: readonly (string | number)[];
  readonly timeoutMs?: number;
  readonly requirePriorIdleMs?: number;
  readonly slowRelease: boolean;
}

/** A step that input events, such as a mouse's movements, go through. */
export interface LayoutInputProcessor {
  /** With its `&`. */
  readonly code: string;
  /** Numbers and names; a list is of flags that are put together. */
  readonly params: readonly (string | number | readonly string[])[];
}

/** The steps for some layers. */
export interface LayoutInputNode {
  readonly code: string;
  readonly description: string;
  readonly layers: readonly (string | number)[];
  readonly inputProcessors: readonly LayoutInputProcessor[];
}

/** What is done to the events of a pointing device. */
export interface LayoutInputListener {
  /** With its `&`. */
  readonly code: string;
  readonly inputProcessors: readonly LayoutInputProcessor[];
  readonly nodes: readonly LayoutInputNode[];
}

/** A setting of the firmware. */
export interface LayoutConfigParameter {
  /** The editor's name for it, such as `HID_POINTING`, or Kconfig's. */
  readonly paramName: string;
  readonly value: string;
  readonly description: string;
}

/** A keyboard layout. Layers and keys are counted from 0, as ZMK does. */
export interface Layout {
  readonly keyboard: string;
  readonly title: string;
  readonly creator: string;
  readonly notes: string;
  readonly locale: string;
  readonly uuid: string;
  readonly parentUuid: string;
  /** When it was last changed: seconds since the epoch, or a text. */
  readonly date: string | number;
  readonly tags: readonly string[];
  readonly layerNames: readonly string[];
  /** For each layer its bindings, in the order of the keyboard's key positions. */
  readonly layers: readonly (readonly LayoutBinding[])[];
  readonly macros: readonly LayoutMacro[];
  readonly holdTaps: readonly LayoutHoldTap[];
  readonly combos: readonly LayoutCombo[];
  readonly inputListeners: readonly LayoutInputListener[];
  /** Devicetree for the root node, such as `behaviors { … };`. */
  readonly customDefinedBehaviors: string;
  /** Devicetree for the top of the file. */
  readonly customDevicetree: string;
  readonly configParameters: readonly LayoutConfigParameter[];
}
