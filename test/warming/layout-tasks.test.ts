import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LayoutService } from '../../src/layout/index.ts';
import { CacheWarmer, layoutTasks } from '../../src/warming/index.ts';
import { openCache } from '../support/open-cache.ts';
import { createTempRoot } from '../support/temp-root.ts';

const LAYOUT = JSON.stringify({
  keyboard: 'tiny',
  title: 'Tiny',
  layer_names: ['Base'],
  layers: [[{ value: '&kp', params: [{ value: 'A', params: [] }] }]],
});

test('layouts are compiled once; what is wrong with a file is reported, and the others go on', async () => {
  const folder = createTempRoot();
  const [good, broken, missing] = ['good.json', 'broken.json', 'missing.json'].map((name) => join(folder, name));
  writeFileSync(good ?? '', LAYOUT);
  writeFileSync(broken ?? '', '{ "keyboard": ');
  const layouts = new LayoutService(openCache({ tag: 'layout' }));
  const tasks = layoutTasks(layouts, [broken ?? '', missing ?? '', good ?? '']);
  expect(await new CacheWarmer().warm(tasks)).toMatchObject({
    warmed: [good],
    failed: [
      { name: broken, error: { code: 'ERR_LAYOUT' } },
      { name: missing, error: { code: 'ENOENT' } },
    ],
  });
  expect(await layouts.compile(LAYOUT)).toMatchObject({ fromCache: true });
  expect(await new CacheWarmer().warm(layoutTasks(layouts, [good ?? '']))).toMatchObject({ skipped: [good] });
});
