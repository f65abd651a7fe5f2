import { describe, expect, it } from 'vitest';
import { CacheWarmer, type CompilationProfile, compilationTasks } from '../../src/warming/index.ts';
import { Keyboard } from '../compilation/west/fake-west.ts';

function profile(keyboard: Keyboard, parts: Partial<CompilationProfile['options']> = {}): CompilationProfile {
  const options = { cwd: keyboard.folder, boards: ['glove80_lh'], workspace: 'ws', env: keyboard.env, ...parts };
  return { keymap: 'my.keymap', config: 'my.conf', options };
}

describe('warming of firmware', () => {
  it('builds what is missing, so that a compile finds it', async () => {
    const keyboard = new Keyboard();
    const profiles = [profile(keyboard), profile(keyboard, { boards: ['glove80_rh'] })];
    const tasks = compilationTasks(keyboard.service, profiles);
    const names = ['my.keymap for glove80_lh', 'my.keymap for glove80_rh'];
    expect(await new CacheWarmer().warm(tasks)).toMatchObject({ warmed: names, failed: [] });
    expect(await new CacheWarmer().warm(tasks)).toMatchObject({ warmed: [], skipped: names });
    expect(await keyboard.compile()).toMatchObject({ outcome: 'hit' });
    expect(keyboard.runs).toHaveLength(2);
  });

  it('is named after the shields, too: several keyboards may have one board', () => {
    const keyboard = new Keyboard();
    const [task] = compilationTasks(keyboard.service, [profile(keyboard, { shields: ['corne_left', 'corne_right'] })]);
    expect(task?.name).toBe('my.keymap for glove80_lh, corne_left, corne_right');
  });

  it('hands over no artifacts unless it is told where', async () => {
    const keyboard = new Keyboard();
    await new CacheWarmer().warm(compilationTasks(keyboard.service, [profile(keyboard)]));
    expect(keyboard.list('firmware')).toEqual([]);
    const profiles = [profile(keyboard, { boards: ['glove80_rh'], output: 'given' })];
    await new CacheWarmer().warm(compilationTasks(keyboard.service, profiles));
    expect(keyboard.list('given')).toContain('glove80_rh-zmk.uf2');
  });

  it('knows firmware that lies in the workspace from an earlier build for what it is', async () => {
    const keyboard = new Keyboard();
    const cwd = keyboard.path('ws');
    const files = { keymap: '../my.keymap', config: '../my.conf' };
    await keyboard.compile({ ...files, cwd, workspace: '.' });
    expect(keyboard.list('ws/firmware')).toContain('glove80_lh-zmk.uf2');
    const inWorkspace = { ...profile(keyboard, { cwd, workspace: '.' }), ...files };
    const tasks = compilationTasks(keyboard.service, [inWorkspace]);
    expect(await new CacheWarmer().warm(tasks)).toMatchObject({ skipped: ['my.keymap for glove80_lh'] });
  });

  it.each([{}, { keymap: 'x' }, { keymap: 'x', options: {} }, { options: { boards: ['x'] } }])(
    'refuses %j as a profile',
    (wrong) => {
      const keyboard = new Keyboard();
      const tasks = () => Reflect.apply(compilationTasks, undefined, [keyboard.service, [profile(keyboard), wrong]]);
      expect(tasks).toThrow(/^profiles\[1\] must have a keymap, and options with the boards/);
    },
  );

  it('reports a build that fails, and goes on', async () => {
    const keyboard = new Keyboard();
    const failing = { ...profile(keyboard, { env: { ...keyboard.env, FAKE_WEST: 'fail' } }), name: 'failing' };
    const missing = { ...profile(keyboard), keymap: 'missing.keymap', name: 'missing' };
    const tasks = compilationTasks(keyboard.service, [failing, missing, profile(keyboard)]);
    expect(await new CacheWarmer({ concurrency: 1 }).warm(tasks)).toMatchObject({
      warmed: ['my.keymap for glove80_lh'],
      failed: [
        { name: 'failing', error: { code: 'ERR_BUILD', exitCode: 2 } },
        { name: 'missing', error: { code: 'ERR_CACHE_ARGUMENT' } },
      ],
    });
  });

  it('ends the build that runs when it is aborted', async () => {
    const keyboard = new Keyboard();
    const controller = new AbortController();
    const hanging = profile(keyboard, {
      env: { ...keyboard.env, FAKE_WEST: 'hang' },
      onStart: () => controller.abort(),
    });
    const report = await new CacheWarmer().warm(compilationTasks(keyboard.service, [hanging]), {
      signal: controller.signal,
    });
    expect(report).toMatchObject({ unfinished: ['my.keymap for glove80_lh'], aborted: true });
  });
});
