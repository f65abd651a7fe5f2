/**
 * What happens to a victim, and where.
 */

import { rmSync } from 'node:fs';
import { hashKey } from '../../../src/disk/value/key.ts';
import type { InjectedError, TracedCall } from '../../support/strace.ts';
import { traceVictim } from './victims.ts';

/**
 * What happens to a victim at one of its calls.
 *
 * - `killed`: it is killed before the call.
 * - `overtaken-and-killed`: it is stopped after the call, others use the same keys, then it is killed.
 * - `overtaken`: it is stopped after the call, others use the same keys, then it goes on to its end.
 * - `refused`: the call fails, or, as on a full disk, this one and all later ones of its name.
 */
export type Fate =
  | { readonly kind: 'killed' | 'overtaken-and-killed' | 'overtaken' }
  | { readonly kind: 'refused'; readonly error: InjectedError; readonly lasting: boolean };

/** The kinds of fates. */
export const FATE_KINDS = ['killed', 'overtaken-and-killed', 'overtaken', 'refused'] as const;
export type FateKind = (typeof FATE_KINDS)[number];

/** One place in a scenario's operation, and what happens there. */
export interface Point {
  /** The name of the scenario. */
  readonly scenario: string;
  readonly call: string;
  readonly occurrence: number;
  /** The call with its arguments, for people. */
  readonly text: string;
  /** Whether all of the operation's calls have been made. */
  readonly isEnd: boolean;
  readonly fate: Fate;
}

/** Calls that change files. */
const CHANGING = [
  ...['write', 'pwrite64', 'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'rmdir', 'mkdir', 'mkdirat'],
  ...['ftruncate', 'utimensat', 'fsync', 'fdatasync', 'link', 'linkat', 'symlink', 'chmod', 'fchmod'],
];
/** Calls that change files, or look at them. */
const ALL = [
  ...CHANGING,
  ...['open', 'openat', 'close', 'read', 'pread64', 'stat', 'lstat', 'fstat', 'newfstatat', 'statx', 'getdents64'],
  ...['access', 'faccessat', 'readlink', 'readlinkat', 'statfs'],
];
const ERRORS: readonly InjectedError[] = ['ENOSPC', 'EIO', 'EMFILE', 'EACCES', 'EROFS', 'EINTR'];
const TIDINGS = 'writev';

/** All places in a scenario's operation; the first call after it is the last one. */
export function traceOperation(program: string, scenario: string, cacheRoot: string): TracedCall[] {
  const calls = traceVictim(program, { cacheRoot, scenario, goesOn: false }, [...ALL, TIDINGS]);
  rmSync(cacheRoot, { recursive: true, force: true });
  const begin = calls.findIndex((call) => isTiding(call, 'begin'));
  const end = calls.findIndex((call) => isTiding(call, 'end'));
  if (begin === -1 || end === -1) throw new Error(`${scenario}: the operation was not carried out`);
  const within = calls.slice(begin + 1, end).filter((call) => {
    // Node has business of its own, such as waking another thread.
    if (!call.text.includes(cacheRoot)) return false;
    // What another thread has done before as many times would be struck instead.
    return calls.find((other) => other.call === call.call && other.occurrence === call.occurrence) === call;
  });
  return [...within, ...calls.slice(end, end + 1)];
}

function isTiding({ call, text }: TracedCall, name: string): boolean {
  return call === TIDINGS && text.includes(`"${name} "`);
}

function changes({ call, text }: TracedCall): boolean {
  return CHANGING.includes(call) || text.includes('O_CREAT') || text.includes('O_TRUNC');
}

/** Whether a call looks at something that others change when they overtake the victim. */
function looksAtContested({ call, text }: TracedCall, contested: readonly string[]): boolean {
  if (call === 'close') return false;
  return text.includes('/index') || contested.some((key) => text.includes(`/entries/${hashKey(key).slice(0, 2)}`));
}

function fatesAt(call: TracedCall, kinds: readonly FateKind[], contested: readonly string[]): Fate[] {
  const isEnd = call.call === TIDINGS;
  const changing = isEnd || changes(call);
  const looks = looksAtContested(call, contested);
  const fates: Fate[] = [];
  for (const kind of kinds) {
    if (kind === 'refused') fates.push(...(isEnd ? [] : refusalsOf(call)));
    // A dead process has not gone on from what it looked at.
    else if (kind === 'killed' ? changing : !isEnd && (changing || (kind === 'overtaken' && looks))) {
      fates.push({ kind });
    }
  }
  return fates;
}

function refusalsOf({ call, main }: TracedCall): Fate[] {
  return ERRORS.flatMap((error) => {
    const once = { kind: 'refused', error, lasting: false } as const;
    // A call that was interrupted is made again, for ever if need be. Node's pool ends the process if it can't write.
    // And an injected error leaves a descriptor open, which no failing close does.
    return error === 'EINTR' || !main || call === 'close' ? [once] : [once, { ...once, lasting: true }];
  });
}

/** What can happen to a scenario's operation. */
export function pointsOf(
  scenario: string,
  contested: readonly string[],
  calls: readonly TracedCall[],
  kinds: readonly FateKind[],
): Point[] {
  return calls.flatMap((call) =>
    fatesAt(call, kinds, contested).map((fate) => ({
      scenario,
      call: call.call,
      occurrence: call.occurrence,
      text: call.text,
      isEnd: call.call === TIDINGS,
      fate,
    })),
  );
}

/** A fate in words that `--fate` understands. */
export function nameOfFate(fate: Fate): string {
  return fate.kind === 'refused' ? `${fate.error}${fate.lasting ? '+' : ''}` : fate.kind;
}
