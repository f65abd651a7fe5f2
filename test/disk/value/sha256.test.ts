import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashKey } from '../../../src/disk/value/key.ts';
import { sha256InJavaScript } from '../../../src/disk/value/sha256.ts';

const nodesOwn = (text: string) => createHash('sha256').update(text).digest('hex');

it('is the SHA-256 of the standard', () => {
  expect(sha256InJavaScript('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256InJavaScript('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('is that of Node, at every length around the ends of blocks', () => {
  for (let length = 0; length < 200; length++) {
    const text = 'a'.repeat(length);
    expect(sha256InJavaScript(text)).toBe(nodesOwn(text));
  }
});

it('is that of Node for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (text) => {
      expect(sha256InJavaScript(text)).toBe(nodesOwn(text));
    }),
  );
});

it('gives a key the same hash, however many keys were hashed before', () => {
  const hashes = Array.from({ length: 100 }, () => hashKey('the same key'));
  expect(new Set(hashes)).toEqual(new Set([nodesOwn('the same key').slice(0, 40)]));
});
