import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RestoreError } from '../../../src/compilation/content/restore-error.ts';
import { StagedOutputs } from '../../../src/compilation/content/staged-outputs.ts';
import { createTempRoot } from '../../support/temp-root.ts';

async function addText(staged: StagedOutputs, path: string, text: string, mode = 0o644): Promise<void> {
  await staged.addFile(path, async (file) => writeFileSync(file, text, { flag: 'wx', mode }));
}

describe('staged outputs', () => {
  it('are not in their places before they are committed', async () => {
    const folder = createTempRoot();
    writeFileSync(join(folder, 'a'), 'old');
    const staged = new StagedOutputs(folder);
    await addText(staged, 'a', 'new');
    await addText(staged, 'sub/deep/b', 'b', 0o700);
    staged.addLink('link', 'a');
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old');
    expect(existsSync(join(folder, 'sub/deep/b'))).toBe(false);
    staged.commit();
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
    expect(statSync(join(folder, 'sub/deep/b')).mode & 0o777).toBe(0o700);
    expect(readlinkSync(join(folder, 'link'))).toBe('a');
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['a', 'link', 'sub', 'sub/deep', 'sub/deep/b']);
  });

  it('leave no trace when they are discarded', async () => {
    const folder = createTempRoot();
    const staged = new StagedOutputs(folder);
    await addText(staged, 'sub/deep/a', 'a');
    staged.addLink('sub/link', 'deep/a');
    staged.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are all taken back when one can not be put in its place', async () => {
    const folder = createTempRoot();
    writeFileSync(join(folder, 'a'), 'old');
    symlinkSync('a', join(folder, 'b'));
    mkdirSync(join(folder, 'z'));
    const staged = new StagedOutputs(folder);
    for (const path of ['a', 'b', 'new/c', 'z']) await addText(staged, path, 'new');
    expect(() => staged.commit()).toThrow(new RestoreError('output z is a file, but a folder stands in its place'));
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old');
    expect(readlinkSync(join(folder, 'b'))).toBe('a');
    expect(readdirSync(folder).sort()).toEqual(['a', 'b', 'z']);
  });

  it('do not go through a file, or a link that leads out', async () => {
    const folder = createTempRoot();
    const outside = createTempRoot();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync(outside, join(folder, 'out'));
    symlinkSync('.', join(folder, 'here'));
    const staged = new StagedOutputs(folder);
    await expect(addText(staged, 'file/a', 'a')).rejects.toThrow(/output file\/a can't be written/);
    await expect(addText(staged, 'out/a', 'a')).rejects.toThrow(/would be written outside the working folder/);
    await expect(addText(staged, 'out/more/a', 'a')).rejects.toThrow(/would be written outside the working folder/);
    await addText(staged, 'here/a', 'a');
    staged.commit();
    expect(readdirSync(outside)).toEqual([]);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('a');
  });

  it('leave alone what another process is staging in the same folder', async () => {
    const folder = createTempRoot();
    const [one, other] = [new StagedOutputs(folder), new StagedOutputs(folder)];
    await addText(one, 'a', 'one');
    await addText(other, 'a', 'other');
    one.commit();
    other.commit();
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('other');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('fail as a whole when the writer of one fails', async () => {
    const folder = createTempRoot();
    const staged = new StagedOutputs(folder);
    await expect(
      staged.addFile('a', async (file) => {
        writeFileSync(file, 'half');
        throw new Error('no content');
      }),
    ).rejects.toThrow('no content');
    staged.discard();
    expect(readdirSync(folder)).toEqual([]);
  });
});
