/**
 * A new index in the place of the old: from the old one's live records, or from the sidecars when it is no complete
 * list. Others go on appending meanwhile.
 *
 * The lock keeps two processes from doing this at once, but nothing depends on it: a compactor first creates its own
 * temporary file, then removes everybody else's, and only then looks at the index. Whoever's file is gone when it comes
 * to the rename was overtaken, and gives up.
 */

import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import type { TagContext } from '../access/context.ts';
import type { Store } from '../entry/store.ts';
import { closeQuietly, createToAppend, isMissing, namesIn, statOf, unlinkIfThere, writeAll } from '../files/files.ts';
import { newGeneration } from '../files/paths.ts';
import { appendLines, scanLines } from '../index/index-file.ts';
import { formatHeader } from '../index/index-header.ts';
import { formatRecord, formatSet, hashOf, type PlainRecord, withoutReplaced } from '../index/index-record.ts';
import { scanListed } from '../index/list-rows.ts';
import { reapShard } from './reaper.ts';
import { isOld, isOrphan, unfinishedSet } from './sweep.ts';
import { ORPHAN_AGE_MS, walkEntries } from './walk.ts';

/** Lines written at once, and about how many bytes. */
const BATCH_LINES = 2048;
const BATCH_BYTES = 1 << 20;
const TEMPORARY = /^index\.jsonl\..+\.tmp$/;
const SET_ASIDE = /^index\.jsonl\..+\.foreign$/;
/** A temporary index written to this recently has a living writer, in milliseconds; less than a lock takes to be stale. */
const AT_WORK_MS = 3_500;
/** Who writes a new index writes to it more often than this, in milliseconds, unless the machine is overloaded. */
const SIGN_OF_LIFE_MS = 1_000;
/** One that was begun this long ago may have outlived its writer's lock, in milliseconds. */
const OUTSTAYED_MS = 4_500;
/** Compaction is due when the index is so many times as long as what it lists, in records or in bytes, and some more. */
const HISTORY = 4;
const SPARE_RECORDS = 4096;
const SPARE_BYTES = 1 << 22;

/** Whether a compaction pays: most of the index is history, or a reboot's doubts were settled. */
export function isCompactionDue({ catalog }: TagContext): boolean {
  if (!catalog.trusted) return false;
  return (
    catalog.reconciler.isProven ||
    catalog.records > HISTORY * catalog.table.count + SPARE_RECORDS ||
    catalog.position > HISTORY * catalog.listedBytes + SPARE_BYTES
  );
}

/** Replaces the index by a compact one, in steps, each short. The tag's lock should be held. */
export function* compactIndex(context: TagContext): Generator<void, void> {
  const { store, catalog } = context;
  if (isAnotherAtWork(store.paths.folder)) return;
  const path = store.paths.temporaryIndex(newGeneration());
  const descriptor = createToAppend(path);
  try {
    removeTemporaryIndexes(store.paths.folder, path);
    catalog.load();
    const { epoch } = catalog;
    // Not its size: that may lie inside a record which is just being written.
    const end = catalog.position;
    yield* writeBase(context, descriptor);
    // The file that was the base must still be the one to be replaced and read on from.
    if (catalog.epoch !== epoch || catalog.isReplaced() || !renameUnlessOvertaken(path, store.paths.index)) return;
    finish(context, descriptor, end);
  } finally {
    unlinkIfThere(path);
    closeQuietly(descriptor);
  }
  catalog.load();
}

/**
 * A compactor that was blocked for so long that its lock was taken over is still to be let finish: two that overtake
 * each other would never come to an end.
 */
function isAnotherAtWork(folder: string): boolean {
  return namesIn(folder).some((name) => {
    if (!TEMPORARY.test(name)) return false;
    const stat = statOf(join(folder, name));
    if (stat === undefined) return false;
    const now = Date.now();
    return now - stat.birthtimeMs > OUTSTAYED_MS && Math.abs(now - stat.mtimeMs) < AT_WORK_MS;
  });
}

/** Whether somebody is writing a new index right now. */
export function isRebuildUnderWay({ store }: TagContext): boolean {
  const { folder } = store.paths;
  return namesIn(folder).some((name) => {
    const stat = TEMPORARY.test(name) ? statOf(join(folder, name)) : undefined;
    return stat !== undefined && Math.abs(Date.now() - stat.mtimeMs) < SIGN_OF_LIFE_MS;
  });
}

/** Also removes what compactors that were killed have left. */
function removeTemporaryIndexes(folder: string, own: string): void {
  removeIndexes(folder, (path) => path !== own);
}

/** Removes what compactors have left that were killed more than an hour ago. */
export function removeAbandonedIndexes({ store }: TagContext): void {
  removeIndexes(store.paths.folder, isOld);
}

function removeIndexes(folder: string, wanted: (path: string) => boolean): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    if ((TEMPORARY.test(name) || SET_ASIDE.test(name)) && wanted(path)) {
      fs.rmSync(path, { force: true, recursive: true });
    }
  }
}

function* writeBase(context: TagContext, descriptor: number): Generator<void, void> {
  const { catalog, tag } = context;
  writeLines(descriptor, [formatHeader(tag)]);
  const lines: string[] = [];
  const complete = catalog.trusted;
  if (complete) {
    catalog.reconciler.verifyAll();
    catalog.reconciler.settleAll();
    let bytes = 0;
    scanListed(catalog, (_, line) => {
      const text = withoutReplaced(line.toText());
      lines.push(text);
      bytes += text.length;
      if (lines.length < BATCH_LINES && bytes < BATCH_BYTES) return;
      writeLines(descriptor, lines.splice(0));
      bytes = 0;
    });
  }
  if (catalog.reconciler.hasUnproven) lines.push(formatRecord({ kind: 'boot' }));
  for (const record of doubts(context)) lines.push(formatRecord(record));
  if (!complete) {
    for (const found of walkEntries(context.store)) {
      if (found === undefined) {
        // Also tells others that this file has a living writer.
        writeLines(descriptor, lines.splice(0));
        yield;
      } else if (found.kind === 'live') {
        lines.push(formatSet({ kind: 'set', replaced: '', listing: found.live.listing }, found.live.key));
      } else if (found.kind === 'unreadable') {
        lines.push(formatRecord({ kind: 'ask', hash: found.hash, generation: '' }));
      } else {
        lines.push(...unfinishedSet(context.store, found).map(formatRecord));
      }
    }
  }
  writeLines(descriptor, lines);
}

/** Nobody else writes to this file yet, so lines need not be set apart. */
function writeLines(descriptor: number, lines: readonly string[]): void {
  if (lines.length > 0) writeAll(descriptor, Buffer.from(`${lines.join('\n')}\n`));
}

/** The operations that are under way, for the new index too; those of writers long dead are ended. */
function* doubts({ catalog, store }: TagContext): Generator<PlainRecord> {
  for (const [hash, operations] of catalog.pending) {
    yield { kind: 'ask', hash, generation: '' };
    for (const [generation, time] of operations) {
      if (Math.abs(Date.now() - time) < ORPHAN_AGE_MS || !removeUnfinished(store, hash, generation))
        yield { kind: 'open', hash, generation, time };
    }
  }
  for (const hash of catalog.asks) yield { kind: 'ask', hash, generation: '' };
}

/**
 * Removes what a writer long dead was about to name. Without its entry file one that wakes up after all starts over,
 * and announces itself again.
 * @returns `false` if it did so just now.
 */
function removeUnfinished(store: Store, hash: string, generation: string): boolean {
  const path = store.paths.entry(hash, generation);
  const isUnnamed = () => isOrphan(store, { kind: 'entry', name: basename(path), hash, generation });
  if (store.hasEntry(hash, generation) && isUnnamed()) {
    reapShard(store.paths.shardOf(hash), [{ name: basename(path), isDead: isUnnamed }]);
  }
  return !store.hasEntry(hash, generation) || !isUnnamed();
}

function renameUnlessOvertaken(from: string, to: string): boolean {
  try {
    fs.renameSync(from, to);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Carries over what was appended to the old index behind `from`, then declares the new one complete.
 *
 * Records that come after the fact stand in no order, so what is carried over is that the sidecar decides.
 */
function finish({ catalog, store }: TagContext, descriptor: number, from: number): void {
  const late: PlainRecord[] = [];
  const open = new Map<string, PlainRecord>();
  // What was opened before `from` stands in the new index, and ends there too.
  const conclude = (hash: string, operation: string) => {
    if (!open.delete(operation)) late.push({ kind: 'del', hash, operation, generation: '' });
  };
  // The catalog still holds the old file.
  scanLines(catalog.file, from, catalog.file.look().size, (line) => {
    const record = line.toRecord();
    if (record === undefined) return;
    if (record.kind === 'boot') late.push(record);
    const hash = hashOf(record);
    if (hash === undefined) return;
    if (record.kind === 'open') open.set(record.generation, record);
    else if (record.kind === 'set') conclude(hash, record.listing.generation);
    else if (record.kind === 'del') conclude(hash, record.operation);
    late.push({ kind: 'ask', hash, generation: record.kind === 'set' ? record.listing.generation : '' });
  });
  late.push(...open.values());
  // One that was discarded has had a successor, of which nothing is known here: the list stays incomplete.
  const end: readonly PlainRecord[] = catalog.file.isSpoiled() ? [] : [{ kind: 'done' }];
  appendLines(descriptor, [...late, ...end].map(formatRecord));
  // Who has replaced one of these meanwhile may have looked for it in the new index before it was said there.
  for (const record of late) {
    if (record.kind === 'ask' && record.generation !== '') removeUnfinished(store, record.hash, record.generation);
  }
  // Like any append: if the file was replaced by now, its successor needs to know too.
  if (fs.fstatSync(descriptor).nlink > 0 || late.length === 0) return;
  catalog.poll();
  catalog.append(late);
}
