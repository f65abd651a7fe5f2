// A consumer's TypeScript with the domains, as ESM. domains.cts is its CommonJS twin.
import { type CacheError, type CacheManager, createUserConfig } from 'glovebox-cache';
import {
  type BuildResult,
  createCompilationCacheService,
  createZmkWestService,
  type FetchedWorkspace,
  type Workspace,
  WorkspaceError,
} from 'glovebox-cache/compilation';
import { type CompiledLayout, createLayoutService, LayoutError, type LayoutIssue } from 'glovebox-cache/layout';
import { createMetricsService, monitorCachePerformance, type StoredSession } from 'glovebox-cache/metrics';
import { CacheWarmer, compilationTasks, layoutTasks, type WarmingReport } from 'glovebox-cache/warming';

const config = createUserConfig({ cacheDir: '.cache', ttls: { session: 3600 } });
const [cache, workspaces, builds] = createCompilationCacheService(config);
const manager: CacheManager = cache;
const { signal } = new AbortController();

const added: Workspace = await workspaces.add({ repository: 'zmkfirmware/zmk' }, 'zmk', {
  exclude: ['.venv'],
  onProgress: ({ fraction }) => console.log(fraction.toFixed(2)),
  signal,
});
const restored: FetchedWorkspace = await workspaces.restore({ repository: 'zmkfirmware/zmk' }, 'fresh');
const reason: string = restored.outcome === 'miss' ? restored.reason : restored.workspace.repository;
const run: BuildResult = await builds.run(
  { command: 'make', env: { PATH: '/bin', LANG: undefined }, stdin: new Uint8Array(1) },
  {
    stdout: (bytes) => console.log(bytes.length),
    stderr: () => {},
    onStart: (send) => void send('SIGTERM'),
  },
);
const endedBy: string | undefined = run.signal;

const west = createZmkWestService(config);
const [, layouts] = createLayoutService(config);
const compiled: CompiledLayout = await layouts.compile(new Uint8Array(1));
// @ts-expect-error: a firmware is built for boards
await west.compile('glove80.keymap', undefined, { shields: 'none' });

const [, metrics] = createMetricsService(config);
const session = metrics.startSession({ metadata: { version: 1 } });
session
  .counter('builds', { labelNames: ['board'] })
  .labels({ board: 'glove80' })
  .inc();
const observed: CacheManager = session.observeCache(manager);
const sessions: StoredSession[] = await metrics.listSessions({ limit: 1 });
const monitor = monitorCachePerformance({ logger: console, signal });
monitor.stop();

const tasks = [...compilationTasks(west, [{ keymap: 'a.keymap', options: { boards: ['planck'] } }])];
const report: WarmingReport = await new CacheWarmer().warm([...tasks, ...layoutTasks(layouts, ['a.json'])], { signal });

function issuesOf(error: CacheError): readonly LayoutIssue[] {
  if (error instanceof WorkspaceError) return [];
  return error instanceof LayoutError ? error.issues : [];
}

export { added, compiled, endedBy, issuesOf, observed, reason, report, sessions };
