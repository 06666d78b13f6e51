/** A rotated log that was packed: unpacked as a stream, never as a whole, and only so far. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { headOfBytes, longestHead } from '../bans/log-files.ts';
import { longestLine, splitLines, type RawLine } from './lines-backwards.ts';

/** Unpacked; a week of a busy fail2ban is a tenth of it. */
const mostBytes = 512 * 1024 * 1024;

export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** The first line's hash, null when there is none; throws what the file system or the unpacker throws. */
export async function headOfPacked(file: string): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of unpack(file)) {
    parts.push(part);
    size += part.length;
    if (size >= longestHead) break;
  }
  return headOfBytes(Buffer.concat(parts));
}

/** Its lines up to byte `end`, null: all. Throws as above, and TooLarge. */
export async function* packedLines(file: string, end: number | null): AsyncGenerator<RawLine[], void> {
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  for await (const part of unpack(file)) {
    const bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
    const whole = bytes.lastIndexOf(10) + 1;
    if (position + whole > mostBytes) throw new TooLarge('the unpacked log is too large');
    const lines = splitLines(bytes.subarray(0, whole), position);
    yield end === null ? lines : lines.filter(({ offset }) => offset < end);
    position += whole;
    if (end !== null && position >= end) return;
    rest = bytes.subarray(whole);
    if (rest.length > 16 * longestLine) throw new TooLarge('a line of the unpacked log is too large');
  }
  if (rest.length > 0) yield splitLines(rest, position);
}

async function* unpack(file: string): AsyncGenerator<Buffer, void> {
  const source = createReadStream(file);
  const unpacked = createGunzip();
  source.on('error', (error) => unpacked.destroy(error));
  try {
    for await (const part of source.pipe(unpacked)) if (Buffer.isBuffer(part)) yield part;
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}
