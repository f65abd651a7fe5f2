import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { BlobRef } from '../../../src/compilation/content/blob-store.ts';
import { FilePacker, PACKED_FILE_BYTES } from '../../../src/compilation/content/file-packer.ts';
import type { TreeFile } from '../../../src/compilation/content/tree.ts';

/** Packs files and gives back what became of them. */
class Packing {
  readonly pieces = new Map<string, Uint8Array>();
  readonly files = new Map<string, TreeFile>();
  readonly #packer = new FilePacker(
    async (piece) => this.#put(piece),
    (file) => this.files.set(file.path, file),
  );

  async add(path: string, content: Uint8Array): Promise<void> {
    await this.#packer.add({ path, mode: 0o644 }, content);
  }

  async finish(): Promise<this> {
    await this.#packer.flush();
    return this;
  }

  /** The content of a file, out of its piece. */
  read(path: string): Uint8Array | undefined {
    const { blobs = [], offset = 0, size = 0 } = this.files.get(path) ?? {};
    return this.pieces.get(blobs[0]?.hash ?? '')?.subarray(offset, offset + size);
  }

  #put(piece: Uint8Array): BlobRef {
    const hash = createHash('sha256').update(piece).digest('hex');
    this.pieces.set(hash, Uint8Array.from(piece));
    return { hash, size: piece.byteLength };
  }
}

const contents = new Map(
  Array.from({ length: 500 }, (_, n) => [`src/file${String(n).padStart(3, '0')}.c`, randomBytes((n * 37) % 4000)]),
);

async function pack(files: ReadonlyMap<string, Uint8Array>): Promise<Packing> {
  const packing = new Packing();
  for (const [path, content] of files) await packing.add(path, content);
  return packing.finish();
}

describe('small files', () => {
  it('share pieces, and each comes out of its piece as it was', async () => {
    const packing = await pack(contents);
    expect(packing.pieces.size).toBeGreaterThan(5);
    expect(packing.pieces.size).toBeLessThan(50);
    for (const piece of packing.pieces.values()) expect(piece.byteLength).toBeLessThanOrEqual(128 * 1024);
    expect(packing.files.size).toBe(contents.size);
    for (const [path, content] of contents) expect(Buffer.compare(packing.read(path) ?? Buffer.of(1), content)).toBe(0);
  });

  it('are packed alike but for those near a difference', async () => {
    const before = await pack(contents);
    const sorted = [...contents, ['src/file100a.c', randomBytes(50)] as const].sort(([one], [other]) =>
      one < other ? -1 : 1,
    );
    const changed = new Map(sorted).set('src/file300.c', randomBytes(50));
    const after = await pack(changed);
    const fresh = [...after.pieces.keys()].filter((hash) => !before.pieces.has(hash));
    expect(fresh.length).toBeGreaterThan(0);
    expect(fresh.length).toBeLessThanOrEqual(4);
  });

  it('are packed alike wherever their folder lies', async () => {
    const moved = new Map([...contents].map(([path, content]) => [`top/${path}`, content]));
    expect([...(await pack(moved)).pieces.keys()]).toEqual([...(await pack(contents)).pieces.keys()]);
  });

  it('share none with files that are read at another time', async () => {
    const packing = new Packing();
    for (const path of ['b/1', 'b/0', 'a/1', 'c/1']) await packing.add(path, Buffer.from(path));
    await packing.finish();
    const pieceOf = (path: string) => packing.files.get(path)?.blobs[0]?.hash;
    expect(pieceOf('b/1')).toBe(pieceOf('b/0'));
    expect(pieceOf('a/1')).not.toBe(pieceOf('b/0'));
  });

  it('that have a piece of their own are whole, not parts', async () => {
    const packing = new Packing();
    await packing.add('large', randomBytes(PACKED_FILE_BYTES));
    await packing.finish();
    expect(packing.files.get('large')).not.toHaveProperty('offset');
  });
});
