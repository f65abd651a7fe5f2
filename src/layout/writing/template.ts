/**
 * Keymaps from templates: texts with `{{ name }}` where a part of the keymap goes.
 */

import { type IssueList, type Place, quote } from '../issues.ts';
import type { Sections } from './write-sections.ts';

const PLACEHOLDER = /\{\{([^{}\n]*)\}\}/g;

/** What must stand in a keymap if the layout has it. */
const NEEDED = [
  'custom_devicetree',
  'input_listeners',
  'custom_behaviors',
  'macros',
  'behaviors',
  'combos',
  'keymap',
] as const satisfies readonly (keyof Sections)[];

/** The whole keymap, when no template says otherwise. */
const WHOLE_KEYMAP = [
  '/* {{ title }}: a keymap for {{ keyboard }}, made from a layout by glovebox-cache. Changes are better made there. */',
  '{{ includes }}',
  '{{ defines }}',
  ...NEEDED.map((name) => `{{ ${name} }}`),
];

/** The keymap of `sections`, in the order in which the parts need each other. */
export function writeWholeKeymap(sections: Sections): string {
  const parts = WHOLE_KEYMAP.map((part) => fill(part, sections)).filter((part) => part !== '');
  return `${parts.join('\n\n')}\n`;
}

/**
 * The template with the parts of the keymap in it. What the parts hold is not looked at again: a `{{` in a title stays.
 * Tells `issues` of placeholders that there are none of, and warns of parts that have no place.
 */
export function renderTemplate(template: string, sections: Sections, issues: IssueList): string {
  const used = new Set<string>();
  for (const [index, line] of template.split('\n').entries()) {
    const place: Place = { name: `template line ${index + 1}` };
    for (const [text, inner = ''] of line.matchAll(PLACEHOLDER)) {
      const name = inner.trim();
      used.add(name);
      if (isSection(name, sections)) continue;
      const known = Object.keys(sections).join(', ');
      issues.error('template', place, `unknown placeholder ${quote(text)}; there are ${known}`);
    }
  }
  for (const name of NEEDED) {
    if (used.has(name) || sections[name] === '') continue;
    issues.warn('template', { name: 'template' }, `{{ ${name} }} has no place in it, but the layout needs it`);
  }
  return fill(template, sections);
}

function fill(template: string, sections: Sections): string {
  return template.replace(PLACEHOLDER, (text, inner: string) => {
    const name = inner.trim();
    return isSection(name, sections) ? sections[name] : text;
  });
}

function isSection(name: string, sections: Sections): name is keyof Sections {
  return Object.hasOwn(sections, name);
}
