import { describe, expect, it } from 'vitest';
import { bootId, bootTimeId, isSameBoot } from '../../../src/disk/files/boot.ts';

describe('the id of a run of the system', () => {
  it('stays the same, and has a length that lets one be written over another', () => {
    expect(bootId()).toBe(bootId());
    expect(bootId()).toHaveLength(36);
    expect(bootTimeId(1_790_000_000)).toHaveLength(36);
  });

  it('made of the time of boot allows for a clock that was set a little', () => {
    expect(isSameBoot(bootTimeId(1_790_000_000), bootTimeId(1_790_000_060))).toBe(true);
    expect(isSameBoot(bootTimeId(1_790_000_000), bootTimeId(1_790_000_600))).toBe(false);
  });

  it('is not that of another run', () => {
    expect(isSameBoot(bootId(), '0'.repeat(36))).toBe(false);
    expect(isSameBoot(bootTimeId(0), '0'.repeat(36))).toBe(false);
  });
});
