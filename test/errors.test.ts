import { describe, expect, test } from 'vitest';
import * as errors from '../src/errors.ts';

const { CacheError, ...concrete } = errors;

const CODES = {
  CacheArgumentError: 'ERR_CACHE_ARGUMENT',
  CacheKeyError: 'ERR_CACHE_KEY',
  CacheTagError: 'ERR_CACHE_TAG',
  CacheValueError: 'ERR_CACHE_VALUE',
  CacheEntryTooLargeError: 'ERR_CACHE_ENTRY_TOO_LARGE',
  CacheClosedError: 'ERR_CACHE_CLOSED',
  CacheRootError: 'ERR_CACHE_ROOT',
  CacheOwnerError: 'ERR_CACHE_OWNER',
  CacheFormatError: 'ERR_CACHE_FORMAT',
  CacheTimeoutError: 'ERR_CACHE_TIMEOUT',
  CacheWriteError: 'ERR_CACHE_WRITE',
  CacheConfigError: 'ERR_CACHE_CONFIG',
};

test('there is one class for each code, and no other', () => {
  const found = Object.entries(concrete).map(([name, Class]) => [name, new Class('message').code]);
  expect(Object.fromEntries(found)).toEqual(CODES);
});

describe.each(Object.entries(concrete))('%s', (name, Class) => {
  test('is a CacheError with the name of its class', () => {
    const error = new Class('what was wrong');
    expect(error).toBeInstanceOf(CacheError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
    expect(error.message).toBe('what was wrong');
    expect(String(error)).toBe(`${name}: what was wrong`);
    expect(error.stack).toMatch(new RegExp(`^${name}: what was wrong\n`));
  });

  test('carries the key and the cause if there are any', () => {
    const cause = new Error('underneath');
    expect(new Class('message', { key: 'the key', cause })).toMatchObject({ key: 'the key', cause });
    const bare = new Class('message');
    expect('key' in bare).toBe(false);
    expect('cause' in bare).toBe(false);
  });
});
