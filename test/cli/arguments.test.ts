import { describe, expect, it } from 'vitest';
import { durationArgument, sizeArgument } from '../../src/cli/arguments.ts';
import { formatAgo, formatCount, formatDuration, formatSize, printable } from '../../src/cli/format.ts';

describe('a duration', () => {
  it.each([
    ['24h', 86_400],
    ['1h30m', 5400],
    ['90 seconds', 90],
    ['7d', 604_800],
    ['1.5s', 1.5],
    ['250ms', 0.25],
    ['30', 30],
  ])('%j is %d seconds', (text, seconds) => {
    expect(durationArgument(text)).toBe(seconds);
  });

  it.each(['', '0', '0s', '-5s', 'soon', '3parsecs', '1h foo', '5m 3', 'Infinity', 'NaN', '1e3s'])(
    'is not %j',
    (text) => {
      expect(() => durationArgument(text)).toThrow(/a duration longer than 0, such as '90s', '24h' or '7d'/);
    },
  );
});

describe('a size', () => {
  it.each([
    ['512MB', 536_870_912],
    ['1.5 gb', 1_610_612_736],
    ['4096', 4096],
    ['1b', 1],
  ])('%j is %d bytes', (text, bytes) => {
    expect(sizeArgument(text)).toBe(bytes);
  });

  it.each(['', '0', '-1MB', 'big', '12abc', '1.5', '5XB'])('is not %j', (text) => {
    expect(() => sizeArgument(text)).toThrow(/a size larger than 0, such as '512MB' or '2GB'/);
  });
});

describe('what people read', () => {
  it('is short', () => {
    expect(formatSize(3_500_000)).toBe('3.34MB');
    expect(formatDuration(48.4)).toBe('48ms');
    expect(formatDuration(12_345)).toBe('12.3s');
    expect(formatDuration(90_061_000)).toBe('1d 1h');
    expect(formatAgo(new Date(0), 400)).toBe('just now');
    expect(formatAgo(new Date(0), 180_000)).toBe('3m ago');
    expect(formatCount(1, 'entry')).toBe('1 entry');
    expect(formatCount(2, 'entry')).toBe('2 entries');
    expect(formatCount(0, 'file')).toBe('0 files');
  });

  it('can not steer the terminal', () => {
    expect(printable('a\nb\u001b[2J')).toBe('a\\u000ab\\u001b[2J');
    expect(printable('Schlüssel: 鍵')).toBe('Schlüssel: 鍵');
  });
});
