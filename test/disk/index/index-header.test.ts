import { describe, expect, it } from 'vitest';
import { bootId } from '../../../src/disk/files/boot.ts';
import { formatHeader, parseHeader } from '../../../src/disk/index/index-header.ts';
import { CacheFormatError } from '../../../src/errors.ts';

describe('the header', () => {
  it('names the format, its version, the tag, and the run of the system', () => {
    const header = { format: 'glovebox-cache', version: 1, tag: 'a.b', boot: bootId() };
    expect(JSON.parse(formatHeader('a.b'))).toEqual(header);
    expect(parseHeader(formatHeader('a.b'), 'a.b')).toEqual({ boot: bootId() });
  });

  it('of another tag, another format or no format is none', () => {
    for (const line of [formatHeader('b'), '{"format":"other","version":1,"tag":"a"}', '{}', 'null', '\0\0', '']) {
      expect(parseHeader(line, 'a')).toBeUndefined();
    }
  });

  it('of a newer version is refused by name', () => {
    const newer = formatHeader('a').replace('"version":1', '"version":2');
    expect(() => parseHeader(newer, 'a')).toThrow(CacheFormatError);
    expect(() => parseHeader(newer, 'a')).toThrow(/tag 'a' was written in version 2 .* update glovebox-cache/);
  });
});
