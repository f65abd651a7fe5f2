// A consumer's TypeScript with the domains, as CommonJS. domains.mts is its ESM twin.
import glovebox = require('glovebox-cache');
import compilation = require('glovebox-cache/compilation');
import layout = require('glovebox-cache/layout');
import metering = require('glovebox-cache/metrics');
import warming = require('glovebox-cache/warming');

async function use() {
  const config = glovebox.createUserConfig({ cacheDir: '.cache', ttls: { session: 3600 } });
  const [cache, workspaces, builds] = compilation.createCompilationCacheService(config);
  const manager: glovebox.CacheManager = cache;
  const { signal } = new AbortController();

  const added: compilation.Workspace = await workspaces.add({ repository: 'zmkfirmware/zmk' }, 'zmk', {
    exclude: ['.venv'],
    onProgress: ({ fraction }) => console.log(fraction.toFixed(2)),
    signal,
  });
  const restored: compilation.FetchedWorkspace = await workspaces.restore({ repository: 'zmkfirmware/zmk' }, 'fresh');
  const reason: string = restored.outcome === 'miss' ? restored.reason : restored.workspace.repository;
  const run: compilation.BuildResult = await builds.run(
    { command: 'make', env: { PATH: '/bin', LANG: undefined }, stdin: new Uint8Array(1) },
    {
      stdout: (bytes) => console.log(bytes.length),
      stderr: () => {},
      onStart: (send) => void send('SIGTERM'),
    },
  );
  const endedBy: string | undefined = run.signal;

  const west = compilation.createZmkWestService(config);
  const [, layouts] = layout.createLayoutService(config);
  const compiled: layout.CompiledLayout = await layouts.compile(new Uint8Array(1));
  // @ts-expect-error: a firmware is built for boards
  await west.compile('glove80.keymap', undefined, { shields: 'none' });

  const [, metrics] = metering.createMetricsService(config);
  const session = metrics.startSession({ metadata: { version: 1 } });
  session
    .counter('builds', { labelNames: ['board'] })
    .labels({ board: 'glove80' })
    .inc();
  const observed: glovebox.CacheManager = session.observeCache(manager);
  const sessions: metering.StoredSession[] = await metrics.listSessions({ limit: 1 });
  const monitor = metering.monitorCachePerformance({ logger: console, signal });
  monitor.stop();

  const tasks = [...warming.compilationTasks(west, [{ keymap: 'a.keymap', options: { boards: ['planck'] } }])];
  const report: warming.WarmingReport = await new warming.CacheWarmer().warm(
    [...tasks, ...warming.layoutTasks(layouts, ['a.json'])],
    { signal },
  );

  return { added, compiled, endedBy, observed, reason, report, sessions };
}

function issuesOf(error: glovebox.CacheError): readonly layout.LayoutIssue[] {
  if (error instanceof compilation.WorkspaceError) return [];
  return error instanceof layout.LayoutError ? error.issues : [];
}

export = { issuesOf, use };
