import { IndexLine } from '../../../src/disk/index/index-line.ts';
import type { IndexRecord } from '../../../src/disk/index/index-record.ts';

/** Reads a text that holds no newline as a line of the index. */
export function readLine(text: string): IndexLine {
  const bytes = Buffer.from(text, 'latin1');
  const line = new IndexLine();
  line.read(bytes, 0, bytes.length);
  return line;
}

/** The record of a line; `undefined` for a torn or foreign one. */
export function parseRecord(text: string): IndexRecord | undefined {
  return readLine(text).toRecord();
}
