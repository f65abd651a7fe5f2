/**
 * What may be read under a key, given the files that are there.
 */

import { isDeepStrictEqual } from 'node:util';
import { hasExpired } from '../../../src/disk/entry/sidecar.ts';
import { isRealFolder } from './damages.ts';
import { entryName, type History, type Moment, sidecarName, type Version } from './history.ts';
import { bytesAt, type TagImage } from './tag-image.ts';
import { KEYS } from './values.ts';

/** What a read of one key may give. */
export interface Expectation {
  /** The values of which it may be one. */
  readonly allowed: readonly unknown[];
  /** Whether it may be none of them. */
  readonly mayMiss: boolean;
  /** Whether any entry file of the key is there, whole or not. */
  readonly hasFiles: boolean;
  /** Whether an instance that was open before may not know of what is there now. */
  readonly isUnheardOf?: boolean;
}

/** What a state lets be read. */
export interface Circumstances {
  readonly history: History;
  readonly moment: Moment;
  readonly image: TagImage;
  /** The clock, in milliseconds since the epoch. */
  readonly now: number;
  /** Whether no index of before may be believed, so that the sidecars alone decide. */
  readonly rebooted: boolean;
}

/** What an instance may read that opens the damaged tag, by the key's number. */
export function expectCold(circumstances: Circumstances): Expectation[] {
  return KEYS.map((_, key) => expectKey(circumstances, key));
}

/** What an instance may read that was open before: also what it has in memory. */
export function expectHot({ moment, now, ...rest }: Circumstances): Expectation[] {
  return KEYS.map((_, key) => {
    const cold = expectKey({ moment, now, ...rest }, key);
    const newest = moment.newest[key];
    if (newest === undefined || hasExpired(newest.expires, now)) return cold;
    return { ...cold, allowed: [...cold.allowed, newest.value] };
  });
}

function expectKey({ history, moment, image, now, rebooted }: Circumstances, key: number): Expectation {
  const versions = history.versions[key] ?? [];
  const isWhole = ({ generation, entry }: Version) =>
    bytesAt(image, entryName(key, generation))?.equals(entry) ?? false;
  const named = versions.find(({ sidecar }) => saysTheSame(bytesAt(image, sidecarName(key)), sidecar));
  const whole = isRealFolder(image, folderOf(key)) ? versions.filter(isWhole) : [];
  const standing = named !== undefined && whole.includes(named) ? named : undefined;
  // An older index lists an older generation, which is believed as long as its entry file is there.
  const readable = rebooted ? (standing === undefined ? [] : [standing]) : whole;
  const newest = moment.newest[key];
  const isUnambiguous = standing !== undefined && (rebooted || (standing === newest && whole.length === 1));
  return {
    allowed: readable.filter(({ expires }) => !hasExpired(expires, now)).map(({ value }) => value),
    mayMiss: !isUnambiguous || hasExpired(standing.expires, now),
    hasFiles: versions.some(({ generation }) => image.has(entryName(key, generation))),
    isUnheardOf: whole.some((version) => version !== newest),
  };
}

/** Without the newline at its end a sidecar still says all that it said. */
function saysTheSame(found: Buffer | undefined, sidecar: Buffer): boolean {
  return found?.equals(sidecar) === true || found?.equals(sidecar.subarray(0, -1)) === true;
}

function folderOf(key: number): string {
  const name = sidecarName(key);
  return name.slice(0, name.lastIndexOf('/'));
}

/** Whether a value is one that may be read. */
export function isAllowed({ allowed }: Expectation, value: unknown): boolean {
  return allowed.some((one) => isDeepStrictEqual(one, value));
}

/** Exactly this value, from now on. */
export function exactly(value: unknown): Expectation {
  return { allowed: [value], mayMiss: false, hasFiles: true };
}

/** Nothing, from now on. */
export const NOTHING: Expectation = { allowed: [], mayMiss: true, hasFiles: false };
