import { describe, expect, it } from 'vitest';
import { playTranscript, TranscriptRecorder } from '../../../src/compilation/build/transcript.ts';
import { BLOB_BYTES } from '../../../src/compilation/content/blob-store.ts';

/** Records what is added, in memory. */
function recorder(): { readonly recorder: TranscriptRecorder; readonly pieces: Uint8Array[] } {
  const pieces: Uint8Array[] = [];
  const put = async (bytes: Uint8Array) => {
    pieces.push(bytes);
    return { hash: String(pieces.length), size: bytes.byteLength };
  };
  return { recorder: new TranscriptRecorder(put), pieces };
}

describe('a transcript', () => {
  it('keeps the order in which both streams were written', async () => {
    const { recorder: taken, pieces } = recorder();
    await taken.add('stderr', Buffer.from('e1'));
    await taken.add('stderr', Buffer.from('e2'));
    await taken.add('stdout', Buffer.from('o1'));
    await taken.add('stderr', Buffer.from('e3'));
    const transcript = await taken.finish();
    expect(transcript.turns).toEqual([0, 4, 2, 2]);
    const played: string[] = [];
    await playTranscript(transcript, pieces, {
      stdout: (bytes) => void played.push(`1>${Buffer.from(bytes)}`),
      stderr: (bytes) => void played.push(`2>${Buffer.from(bytes)}`),
    });
    expect(played).toEqual(['2>e1e2', '1>o1', '2>e3']);
  });

  it('is kept in pieces of limited size while it is taken', async () => {
    const { recorder: taken, pieces } = recorder();
    const chunk = Buffer.alloc(BLOB_BYTES - 1, 'x');
    await taken.add('stdout', chunk);
    expect(pieces).toHaveLength(0);
    await taken.add('stderr', chunk);
    expect(pieces.map((piece) => piece.byteLength)).toEqual([BLOB_BYTES]);
    const transcript = await taken.finish();
    expect(transcript.blobs.map(({ size }) => size)).toEqual([BLOB_BYTES, BLOB_BYTES - 2]);
    const played: [string, number][] = [];
    await playTranscript(transcript, pieces, {
      stdout: (bytes) => void played.push(['stdout', bytes.byteLength]),
      stderr: (bytes) => void played.push(['stderr', bytes.byteLength]),
    });
    expect(played).toEqual([
      ['stdout', BLOB_BYTES - 1],
      ['stderr', 1],
      ['stderr', BLOB_BYTES - 2],
    ]);
  });

  it('of nothing is nothing', async () => {
    const { recorder: taken, pieces } = recorder();
    expect(await taken.finish()).toEqual({ turns: [0], blobs: [] });
    expect(pieces).toEqual([]);
  });

  it('tells at the end that a piece could not be kept', async () => {
    const taken = new TranscriptRecorder(async () => {
      throw new Error('no room');
    });
    await taken.add('stdout', Buffer.alloc(BLOB_BYTES));
    await expect(taken.finish()).rejects.toThrow('no room');
  });

  it('goes on to the other stream when nobody reads the one', async () => {
    const played: string[] = [];
    const stdout = () => {
      throw new Error('EPIPE');
    };
    await playTranscript({ turns: [1, 1, 1], blobs: [] }, [Buffer.from('oeo')], {
      stdout,
      stderr: (bytes) => void played.push(String(Buffer.from(bytes))),
    });
    expect(played).toEqual(['e']);
  });
});
