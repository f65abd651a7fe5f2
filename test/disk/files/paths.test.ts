import { describe, expect, it } from 'vitest';
import { newGeneration, parseShardName, shardNumber, TagPaths } from '../../../src/disk/files/paths.ts';

const hash = `3f${'0'.repeat(38)}`;
const generation = 'a'.repeat(24);

describe('the paths of a tag', () => {
  const paths = new TagPaths('/root/tag');

  it('follow the published format', () => {
    expect(paths.index).toBe('/root/tag/index.jsonl');
    expect(paths.lock).toBe('/root/tag/index.lock');
    expect(paths.entry(hash, generation)).toBe(`/root/tag/entries/3f/${hash}.${generation}`);
    expect(paths.sidecar(hash)).toBe(`/root/tag/entries/3f/${hash}.json`);
    expect(paths.shard(shardNumber(hash))).toBe(paths.shardOf(hash));
    expect(paths.shard(10)).toBe('/root/tag/entries/0a');
  });

  it('are told apart by their names', () => {
    const name = (path: string) => path.slice(path.lastIndexOf('/') + 1);
    expect(parseShardName(name(paths.sidecar(hash)))).toEqual({ kind: 'sidecar', hash });
    expect(parseShardName(name(paths.entry(hash, generation)))).toEqual({ kind: 'entry', hash, generation });
    expect(parseShardName(name(paths.temporarySidecar(hash, generation)))).toEqual({
      kind: 'temporary',
      hash,
      generation,
    });
    expect(parseShardName('.reap')).toEqual({ kind: 'reap' });
    for (const foreign of ['notes.txt', `${hash}.json.bak`, `${hash}`, `${hash}.${generation}x`, 'x.json']) {
      expect(parseShardName(foreign)).toEqual({ kind: 'foreign' });
    }
  });
});

describe('a generation', () => {
  it('is 96 random bits, never the same twice', () => {
    const many = Array.from({ length: 3000 }, newGeneration);
    expect(new Set(many).size).toBe(many.length);
    for (const one of many) expect(one).toMatch(/^[0-9a-f]{24}$/);
  });
});
