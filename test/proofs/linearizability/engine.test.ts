/**
 * Whatever several processes and threads do to a few keys at once, what they see is what one register would have shown.
 */

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withTempRoot } from '../../support/temp-root.ts';
import { bundleWithout } from '../rules/bundle-without.ts';
import { runScene } from './run.ts';
import { SCENES, type SceneName } from './scenes.ts';

const SEED = 1000;
const scenes = Object.keys(SCENES).filter((name): name is SceneName => name in SCENES);

it.each(scenes)('the histories of the scene "%s" are linearizable', async (scene) => {
  const bundle = await bundleWithout(undefined, new URL('./client.ts', import.meta.url));
  await withTempRoot(async (root) => {
    const { wrong, operations } = await runScene(SCENES[scene], bundle, join(root, 'run'), SEED);
    expect(wrong.join('\n')).toBe('');
    // How much is done where processes run freely depends on what else the machine does.
    const { length } = SCENES[scene];
    expect(operations).toBeGreaterThan('operations' in length ? length.operations : 0);
  });
});
