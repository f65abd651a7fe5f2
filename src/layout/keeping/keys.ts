/**
 * The keys under which layouts are kept.
 */

import { CacheKey } from '../../cache-key.ts';

/** To be raised with every change of what is made of a layout, or what was made before would be returned. */
const VERSION = '2';

/** What is made of layouts. */
export type LayoutStep = 'parsed' | 'validation' | 'firmware' | 'comparison' | 'rendering';

/** The key of what a step makes of texts with these hashes. */
export function stepKey(step: LayoutStep, ...hashes: readonly string[]): CacheKey {
  return CacheKey.fromParts('layout', step, hashes.join('+'), VERSION);
}
