/**
 * The firmware's settings, as a configuration file of Kconfig's.
 */

import type { Layout } from '../layout.ts';
import { configValue, symbolFor } from '../zmk/config-names.ts';
import { plainText } from './devicetree.ts';

/** Writes the settings of a layout that was checked. */
export function writeConf({ title, configParameters }: Layout): string {
  const lines = [`# ${plainText(title) || 'Settings of the keymap'}`];
  for (const { paramName, value, description } of configParameters) {
    lines.push('');
    const text = plainText(description);
    if (text !== '') lines.push(`# ${text}`);
    lines.push(`${symbolFor(paramName)}=${configValue(value)}`);
  }
  return `${lines.join('\n')}\n`;
}
