/**
 * Each rule of the list can be taken out of the engine as it stands today.
 */

import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { createTempRoot } from '../../support/temp-root.ts';
import { bundleWithout, sourceWithout } from './bundle-without.ts';
import { RULES, type RuleName } from './rules.ts';

const names = Object.keys(RULES).filter((name): name is RuleName => name in RULES);

it.each(names)('without %s the source is another', (name) => {
  expect(sourceWithout(RULES[name])).not.toContain(RULES[name].find);
});

it.each(names)('without %s the engine still stores and reads', async (name) => {
  const program = await bundleWithout(name, new URL('./store-and-read.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, createTempRoot()], { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'value', stderr: '' });
});

it('a text that is not there once is no rule', () => {
  expect(() => sourceWithout({ demands: '', file: 'lock/lock.ts', find: 'no such text', replace: '' })).toThrow(
    'has 0 times, not once',
  );
});
