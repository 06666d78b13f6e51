/** Takes the file of a list without URL, as it comes, no larger than allowed, whole or not at all. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../base/errors.ts';

interface Upload {
  body: Readable;
  /** Path; replaced when the whole body has come. */
  into: string;
  /** Names this upload beside others to the same path. */
  call: string;
  maxBytes: number;
}

/** Answers the bytes. Throws 413 for a larger body, 400 when it was cut off, 507 when the disk is full. */
export async function takeUpload({ body, into, call, maxBytes }: Upload): Promise<number> {
  const part = `${into}.${call}.part`;
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > maxBytes ? tooLarge(maxBytes) : null, chunk);
    },
  });
  try {
    await pipeline(body, bounded, createWriteStream(part, { flush: true }));
    await rename(part, into);
    return bytes;
  } catch (error) {
    await rm(part, { force: true });
    throw explained(error);
  }
}

function explained(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError(507, 'disk_full', 'The disk with the folder of the lists is full. Make room there.');
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET')
    return new AppError(400, 'upload_cut', 'The upload was cut off. Send the file again.');
  return error;
}

const tooLarge = (maxBytes: number): AppError =>
  new AppError(
    413,
    'upload_too_large',
    `The file is larger than ${maxBytes.toLocaleString('en')} bytes. Pack it with gzip, or raise BANGUI_HTTP_MAX_BYTES.`,
  );
