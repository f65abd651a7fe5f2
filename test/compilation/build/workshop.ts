/**
 * A folder to build in, a cache, and a service between them.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type BuildRequest,
  type BuildResult,
  type BuildSession,
  CompilationBuildCacheService,
} from '../../../src/compilation/index.ts';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { createTempRoot } from '../../support/temp-root.ts';

/** How a run went, with what it said. */
export interface WorkshopRun extends BuildResult {
  /** What it printed, in order, each piece marked `1>` or `2>`. */
  readonly printed: string;
  readonly notes: readonly string[];
}

/** A working folder whose builds go through a cache of their own. */
export class Workshop {
  readonly cwd = createTempRoot();
  readonly cache: DiskCacheManager;
  readonly #runs = join(createTempRoot(), 'runs');

  constructor(options: { readonly cacheRoot?: string; readonly maxSizeBytes?: number } = {}) {
    this.cache = new DiskCacheManager({
      cacheRoot: options.cacheRoot ?? createTempRoot(),
      tag: 'compilation',
      maxSizeBytes: options.maxSizeBytes,
    });
    onTestFinished(() => this.cache.close());
  }

  /** How often a command really ran. */
  get runs(): number {
    return existsSync(this.#runs) ? readFileSync(this.#runs, 'utf8').length : 0;
  }

  /** Where `path` lies. */
  path(path: string): string {
    return join(this.cwd, path);
  }

  /** The content of a file. */
  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  /** Writes a file, with the folders that it needs. */
  write(path: string, content: string | Uint8Array): void {
    const file = this.path(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** A request to run a shell script that copies `src` to `dist`, unless the parts say otherwise. */
  request(parts: Partial<BuildRequest> & { readonly script?: string } = {}): BuildRequest {
    const { script = 'mkdir -p dist && cp src/* dist', ...rest } = parts;
    return {
      command: 'sh',
      args: ['-c', `printf r >> "$RUNS"; ${script}`],
      cwd: this.cwd,
      inputs: ['src/**'],
      outputs: ['dist/**'],
      ...rest,
      env: { PATH: process.env['PATH'], RUNS: this.#runs, ...rest.env },
    };
  }

  /** Asks the service for a run. */
  async run(
    parts: Partial<BuildRequest> & { readonly script?: string } = {},
    session: Partial<BuildSession> = {},
  ): Promise<WorkshopRun> {
    let printed = '';
    const notes: string[] = [];
    const result = await new CompilationBuildCacheService(this.cache).run(this.request(parts), {
      stdout: (bytes) => {
        printed += `1>${Buffer.from(bytes)}`;
      },
      stderr: (bytes) => {
        printed += `2>${Buffer.from(bytes)}`;
      },
      onNote: (note) => notes.push(note),
      ...session,
    });
    return { ...result, printed, notes };
  }

  /** Keys of the cache that hold `part`. */
  async keysWith(part: string): Promise<string[]> {
    return (await this.cache.keys()).filter((key) => key.includes(part));
  }
}
