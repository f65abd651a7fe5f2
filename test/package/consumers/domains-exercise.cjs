// What domains-import.mjs and domains-require.cjs do with the subpaths, each having got them in its own way.
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const LAYOUT = JSON.stringify({
  keyboard: 'macropad',
  title: 'Three keys',
  layer_names: ['Base'],
  layers: [[{ value: '&kp', params: [{ value: 'A' }] }, { value: '&trans' }, { value: '&caps_word' }]],
});

module.exports = async function exercise({ glovebox, compilation, layout, metrics, warming }, folder) {
  const config = glovebox.createUserConfig({ cacheDir: join(folder, 'cache') });
  const [, workspaces, builds] = compilation.createCompilationCacheService(config);
  const [, layouts] = layout.createLayoutService(config);
  const [, sessions] = metrics.createMetricsService(config);
  const file = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  const compileLayout = async () => {
    const { keymap, conf } = await layouts.compile(LAYOUT);
    const { fromCache } = await layouts.compile(LAYOUT);
    return { keymap: keymap.includes('&kp A  &trans  &caps_word'), conf: conf.trim(), again: fromCache };
  };

  const storeSession = async () => {
    const session = sessions.startSession();
    session
      .counter('builds', { labelNames: ['board'] })
      .labels({ board: 'glove80' })
      .inc();
    await session.end();
    const stored = await sessions.getSession(session.id);
    const lines = metrics.formatOpenMetrics(stored.metrics).split('\n');
    return lines.find((line) => line.startsWith('builds_total'));
  };

  const runTwice = async () => {
    const request = { command: 'sh', args: ['-c', 'echo made >made.txt'], cwd: folder, outputs: ['made.txt'] };
    const outcomes = [];
    for (let round = 0; round < 2; round++) {
      const { outcome } = await builds.run(request, { stdout: () => {}, stderr: () => {} });
      outcomes.push(`${outcome} ${readFileSync(join(folder, 'made.txt'), 'utf8').trim()}`);
    }
    return outcomes;
  };

  const keepWorkspaces = async () => {
    const found = {};
    mkdirSync(join(folder, 'zmk', 'zephyr'), { recursive: true });
    file('zmk/zephyr/VERSION', 'VERSION');
    const name = { repository: 'zmkfirmware/zmk', branch: 'main' };
    await workspaces.add(name, join(folder, 'zmk'));
    for (const form of ['folder', 'zip', 'tar.gz']) {
      if (form !== 'folder') {
        const archive = join(folder, `zmk.${form}`);
        await workspaces.export(name, archive);
        await workspaces.delete(name);
        await workspaces.add(name, archive);
      }
      await workspaces.restore(name, join(folder, `from-${form}`));
      found[form] = readFileSync(join(folder, `from-${form}`, 'zephyr', 'VERSION'), 'utf8');
    }
    return found;
  };

  const warm = async () => {
    const files = [file('good.json', LAYOUT.replace('Three', 'Other')), file('broken.json', '{')];
    const report = await new warming.CacheWarmer().warm(warming.layoutTasks(layouts, files));
    const short = (name) => name.slice(name.lastIndexOf('/') + 1);
    const failed = report.failed.map(({ name }) => short(name));
    return { warmed: report.warmed.map(short), skipped: report.skipped.map(short), failed };
  };

  const fail = async () => {
    const west = compilation.createZmkWestService(config);
    const keymap = file('fails.keymap', '/ { };');
    const options = { boards: ['planck'], command: ['sh', '-c', 'exit 3'], cwd: folder };
    const name = { repository: 'zmkfirmware/zmk' };
    const attempts = {
      argument: () => new warming.CacheWarmer({ concurrency: 0 }),
      archive: () => workspaces.add(name, file('broken.zip', 'PK\u0003\u0004 and no more')),
      build: () => west.compile(keymap, undefined, options),
      layout: () => layouts.compile('{'),
      workspace: () => workspaces.restore({ ...name, branch: 'main' }, folder),
    };
    const codes = {};
    for (const [what, attempt] of Object.entries(attempts)) {
      try {
        await attempt();
        codes[what] = 'no error';
      } catch (error) {
        codes[what] = error instanceof glovebox.CacheError ? error.code : `no CacheError: ${error.stack}`;
      }
    }
    return codes;
  };

  const result = {
    layout: await compileLayout(),
    session: await storeSession(),
    runs: await runTwice(),
    workspaces: await keepWorkspaces(),
    warming: await warm(),
    errors: await fail(),
    monitoring: (await metrics.getCachePerformanceReport()).caches.map(({ tag }) => tag).sort()[0],
  };
  await glovebox.resetSharedCacheInstances();
  console.log(JSON.stringify(result));
};
