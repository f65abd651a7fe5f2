/**
 * What system calls do to the key's files, and what that does to the key's value.
 */

import { type Cause, current, tookEffect } from './history.ts';
import { hasEntry, liveOnDisk, named, type Reaped, type SidecarFile, type World, withName, without } from './world.ts';

export function createEntry(world: World, generation: string): void {
  world.entries = withName(world.entries, generation);
}

/** The value that the key had is gone. Only what kills on purpose may do that to a value whose set has returned. */
function lost(world: World, generation: string, cause: Cause): void {
  const { history } = world;
  if (current(history).generation !== generation) return;
  if (cause !== 'delete' && cause !== 'evict' && history.returned.includes(generation)) {
    history.fault ??= `${generation} was set, its set has returned, and a ${cause} removed it`;
  }
  tookEffect(world, { generation: '', cause });
}

/** What was taken in passing, and then killed, has had its end: its set need not happen again. */
function killedAfterAll({ history }: World, generation: string, cause: Cause): void {
  const { elements } = history;
  if (current(history).cause !== 'sweep' || elements.at(-2)?.generation !== generation) return;
  history.elements = [...elements.slice(0, -1), { generation: '', cause }];
}

/** Removes an entry file; `false` if it was not there. */
export function unlinkEntry(world: World, generation: string, cause: Cause): boolean {
  if (!hasEntry(world, generation)) return false;
  world.entries = without(world.entries, generation);
  world.old = without(world.old, generation);
  if (named(world) === generation) lost(world, generation, cause);
  else if (cause === 'delete' || cause === 'evict') killedAfterAll(world, generation, cause);
  return true;
}

/** Puts a file in the place of the sidecar. */
export function placeSidecar(world: World, file: SidecarFile | undefined): void {
  const before = current(world.history).generation;
  world.sidecar = file;
  const live = liveOnDisk(world) ?? '';
  if (live !== before) tookEffect(world, { generation: live, cause: 'set' });
}

/** Everything in the reap folder. */
export function reaped(world: World): readonly Reaped[] {
  return Object.values(world.reap ?? {}).flat();
}

/** Whether the sidecar that a set has made has a name still. */
export function isSidecarLinked(world: World, generation: string): boolean {
  if (world.sidecar?.generation === generation) return true;
  return reaped(world).some((item) => item.kind === 'sidecar' && item.file.generation === generation);
}

/** Whether the entry file that a set has made has a name still. */
export function isEntryLinked(world: World, generation: string): boolean {
  if (hasEntry(world, generation)) return true;
  return reaped(world).some((item) => item.kind === 'entry' && item.generation === generation);
}

/** Writes or empties a sidecar by a descriptor, wherever its name is by now. */
export function changeSidecar(world: World, file: SidecarFile): void {
  if (world.sidecar?.generation === file.generation) placeSidecar(world, file);
  else if (world.reap !== undefined) {
    world.reap = mapReaped(world.reap, (item) =>
      item.kind === 'sidecar' && item.file.generation === file.generation ? { kind: 'sidecar', file } : item,
    );
  }
}

function mapReaped(
  reap: Readonly<Record<string, readonly Reaped[]>>,
  change: (item: Reaped) => Reaped,
): Readonly<Record<string, readonly Reaped[]>> {
  return Object.fromEntries(Object.entries(reap).map(([owner, items]) => [owner, items.map(change)]));
}

/** Takes the sidecar away from its name. */
export function takeSidecar(world: World, cause: Cause): SidecarFile | undefined {
  const file = world.sidecar;
  const live = liveOnDisk(world);
  world.sidecar = undefined;
  if (live !== undefined) lost(world, live, cause);
  return file;
}

/** Moves something into a reaper's own folder; `false` if that is gone. */
export function moveToReap(world: World, owner: string, item: Reaped): boolean {
  const own = world.reap?.[owner];
  if (own === undefined) return false;
  world.reap = { ...world.reap, [owner]: [...own, item] };
  return true;
}

/** Whether a file that a set has made was removed in passing, which is no kill. */
export function wasTaken(world: World, kind: Reaped['kind'], generation: string): boolean {
  return world.taken.includes(`${kind} ${generation}`);
}

/**
 * Removes one thing that is in the reap folder, or the folder itself; `false` once it is gone. A file is marked first;
 * nobody can tell that this takes two system calls.
 */
export function removeFromReap(world: World, marks: boolean): boolean {
  if (world.reap === undefined) return false;
  const [first, ...others] = Object.entries(world.reap);
  if (first === undefined) {
    world.reap = undefined;
    return true;
  }
  const [owner, [item, ...rest]] = first;
  if (item !== undefined && marks) {
    const generation = item.kind === 'sidecar' ? item.file.generation : item.generation;
    world.taken = withName(without(world.taken, `${item.kind} ${generation}`), `${item.kind} ${generation}`);
  }
  world.reap = Object.fromEntries(item === undefined ? others : [[owner, rest], ...others]);
  return true;
}
