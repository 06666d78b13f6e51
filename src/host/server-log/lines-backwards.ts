/** The lines of a file from a place back to its beginning, a block at a time. */
import type { FileHandle } from 'node:fs/promises';

export interface RawLine {
  /** Bytes from the beginning of the file. */
  offset: number;
  text: string;
}

const blockBytes = 256 * 1024;
/** Of a line without an end: its beginning is kept, the rest is let go. */
export const longestLine = 64 * 1024;

/**
 * Each block's lines in the order of the file, the last block first. `end` is where a line begins, or the size of the
 * file. A file that shrinks meanwhile ends the reading.
 */
export async function* linesBackwards(handle: FileHandle, end: number): AsyncGenerator<RawLine[], void> {
  let carry: Buffer = Buffer.alloc(0);
  let position = end;
  while (position > 0) {
    const size = Math.min(blockBytes, position);
    const block = Buffer.allocUnsafe(size);
    const { bytesRead } = await handle.read(block, 0, size, position - size);
    if (bytesRead < size) return;
    position -= size;
    const bytes = carry.length === 0 ? block : Buffer.concat([block, carry]);
    const first = position === 0 ? 0 : bytes.indexOf(10) + 1;
    if (position > 0 && first === 0) {
      carry = bytes.subarray(0, longestLine);
      continue;
    }
    carry = bytes.subarray(0, first);
    yield splitLines(bytes.subarray(first), position + first);
  }
}

/** `from` is the offset of the first byte. Line ends of either kind. */
export function splitLines(bytes: Buffer, from: number): RawLine[] {
  const lines: RawLine[] = [];
  for (let at = 0; at < bytes.length;) {
    const found = bytes.indexOf(10, at);
    const stop = found < 0 ? bytes.length : found;
    const last = stop > at && bytes[stop - 1] === 13 ? stop - 1 : stop;
    lines.push({ offset: from + at, text: bytes.toString('utf8', at, Math.min(last, at + longestLine)) });
    at = stop + 1;
  }
  return lines;
}
