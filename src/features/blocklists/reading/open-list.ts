/** A list's text as bytes: unpacked when it is gzip, made UTF-8 when it is UTF-16, and never more than allowed. */
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../../base/errors.ts';

/** The first piece has at least so many bytes, or all there are. */
export const headBytes = 65_536;
const pieceBytes = 262_144;

/**
 * Pieces of the text, without its byte order mark. Throws AppError: 422 `list_too_large` when it is more than `maxBytes`
 * unpacked, 422 `list_gzip_broken` when it cannot be unpacked to its end.
 */
export async function* openList(file: string, maxBytes: number): AsyncGenerator<Buffer> {
  const pieces = bounded(await openUnpacked(file), maxBytes);
  const first: Buffer[] = [];
  let length = 0;
  let decode: ((piece: Buffer) => Buffer) | null = null;
  for await (const piece of pieces) {
    if (decode !== null) {
      yield decode(piece);
      continue;
    }
    first.push(piece);
    length += piece.length;
    if (length < headBytes) continue;
    const head = Buffer.concat(first);
    decode = createDecoder(head);
    yield decode(head);
  }
  if (decode !== null) return;
  const all = Buffer.concat(first);
  yield createDecoder(all)(all);
}

async function* bounded(pieces: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield piece;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw new AppError(
        422,
        'list_gzip_broken',
        'The list is a gzip file that cannot be unpacked to its end.',
        {
          cause: error,
        },
      );
    throw error;
  }
}

const tooLarge = (maxBytes: number): AppError =>
  new AppError(
    422,
    'list_too_large',
    `Unpacked, the list is more than ${maxBytes.toLocaleString('en')} bytes.`,
  );

async function openUnpacked(file: string): Promise<Readable> {
  const handle = await open(file);
  const { buffer } = await handle.read({ buffer: Buffer.alloc(2), position: 0 });
  const stream = handle.createReadStream({ start: 0, highWaterMark: pieceBytes });
  if (buffer.readUInt16BE() !== 0x1f8b) return stream;
  // whoever reads hears of errors; the callback is asked for
  return pipeline(stream, createGunzip({ chunkSize: pieceBytes }), () => {});
}

/** Latin-1 and what is no text at all stay as they are: only ASCII is ever understood. */
function createDecoder(head: Buffer): (piece: Buffer) => Buffer {
  const encoding = utf16(head);
  if (encoding !== null) {
    const decoder = new TextDecoder(encoding);
    return (piece) => Buffer.from(decoder.decode(piece, { stream: true }));
  }
  const marked = head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
  return (piece) => (marked && piece === head ? piece.subarray(3) : piece);
}

function utf16(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (head.length < 2) return null;
  const mark = head.readUInt16BE();
  return mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : null;
}
