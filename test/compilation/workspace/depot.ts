/**
 * Workspaces in folders, a cache, and a service between them.
 */

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type WorkspaceTtls, ZmkWorkspaceCacheService } from '../../../src/compilation/index.ts';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { createTempRoot } from '../../support/temp-root.ts';

/** Times to live that can be told from each other. */
export const TTLS: WorkspaceTtls = {
  workspaceBase: 4000,
  workspaceBranch: 3000,
  workspaceFull: 2000,
  workspaceBuild: 1000,
};

/** What a file of a workspace is: its text, with a mode; a link; an empty folder. */
export type Item =
  | string
  | Uint8Array
  | { readonly text: string; readonly mode: number }
  | { readonly link: string }
  | { readonly folder: number };

/** A small workspace with firmware, operating system and modules. */
export const FULL: Readonly<Record<string, Item>> = {
  '.west/config': '[manifest]\npath = config\n',
  'zmk/app/CMakeLists.txt': 'project(zmk)',
  'zmk/app/scripts/run.sh': { text: '#!/bin/sh\n', mode: 0o755 },
  'zmk/app/keymap': { link: '../../config/a.keymap' },
  'config/a.keymap': '/ { };',
  'zephyr/VERSION': 'VERSION_MAJOR = 4\n',
  'modules/hal/empty': { folder: 0o755 },
  'modules/hal/hal.c': 'int hal;',
};

/** Writes files, links and folders into `folder`. */
export function build(folder: string, items: Readonly<Record<string, Item>>): void {
  for (const [path, item] of Object.entries(items)) {
    const place = join(folder, path);
    mkdirSync(dirname(place), { recursive: true });
    if (typeof item === 'string' || item instanceof Uint8Array) {
      writeFileSync(place, item);
      chmodSync(place, 0o644);
    } else if ('link' in item) symlinkSync(item.link, place);
    else if ('folder' in item) {
      mkdirSync(place);
      chmodSync(place, item.folder);
    } else {
      writeFileSync(place, item.text);
      chmodSync(place, item.mode);
    }
  }
}

/** All that is in a folder: content, modes, targets of links, by path. */
export function contentOf(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of readdirSync(folder, { recursive: true }).map(String).sort()) {
    const place = join(folder, path);
    const stat = lstatSync(place);
    const mode = (stat.mode & 0o777).toString(8);
    if (stat.isSymbolicLink()) found[path] = `-> ${readlinkSync(place)}`;
    else if (stat.isDirectory()) found[path] = `folder ${mode}`;
    else found[path] = `${mode} ${readFileSync(place, 'latin1')}`;
  }
  return found;
}

/** A cache of workspaces, and folders to work in. */
export class Depot {
  readonly cache: DiskCacheManager;
  readonly service: ZmkWorkspaceCacheService;
  readonly #folder = createTempRoot();

  constructor(
    options: { readonly maxSizeBytes?: number; readonly clock?: () => number; readonly cacheRoot?: string } = {},
  ) {
    this.cache = new DiskCacheManager({ cacheRoot: createTempRoot(), tag: 'compilation', ...options });
    this.service = new ZmkWorkspaceCacheService(this.cache, { ttls: TTLS });
    onTestFinished(() => this.cache.close());
  }

  /** Where `path` lies. */
  path(path: string): string {
    return join(this.#folder, path);
  }

  /** Makes a workspace in a folder of this name. @returns the folder. */
  folder(name: string, items: Readonly<Record<string, Item>> = FULL): string {
    const folder = this.path(name);
    mkdirSync(folder, { recursive: true });
    build(folder, items);
    return folder;
  }

  /** Writes an archive. @returns the file. */
  archive(name: string, bytes: Uint8Array): string {
    writeFileSync(this.path(name), bytes);
    return this.path(name);
  }

  /** What is in the folder that all lies in. */
  get names(): string[] {
    return readdirSync(this.#folder).sort();
  }

  /** Keys of the cache that hold `part`. */
  async keysWith(part: string): Promise<string[]> {
    return (await this.cache.keys()).filter((key) => key.includes(part));
  }
}
