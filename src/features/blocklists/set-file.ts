/** An address set as a file: a header, then the ranges as they lie in this machine's memory. */
import { readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { family, type Address } from '../../base/address.ts';
import { boundsOf, type AddressSet } from '../../base/address-set/address-set.ts';
import { firstEntry } from '../../base/address-set/entry-around.ts';
import { v4Width, v6Width, type Width } from '../../base/address-set/width.ts';
import { AppError } from '../../base/errors.ts';
import { writeWhole } from '../../host/blocklist/write-whole.ts';

const mark = 'bangui-set 1\n';
/** The mark, padded to 16 bytes; how many IPv4 and IPv6 ranges; checksum of the ranges; checksum of all that. */
const headerBytes = 32;
const [v4At, v6At, rangesSumAt, headerSumAt] = [16, 20, 24, 28];
const rangeBytes = { v4: 8, v6: 32 } as const;
/** Of one look into the file. */
const blockBytes = 4_096;

/** Whole or not at all. */
export async function writeSetFile(path: string, { v4, v6 }: AddressSet): Promise<void> {
  const [bytes4, bytes6] = [bytesOf(v4), bytesOf(v6)];
  const header = Buffer.alloc(headerBytes);
  header.write(mark);
  header.writeUInt32LE(bytes4.length / rangeBytes.v4, v4At);
  header.writeUInt32LE(bytes6.length / rangeBytes.v6, v6At);
  header.writeUInt32LE(crc32(bytes6, crc32(bytes4)), rangesSumAt);
  header.writeUInt32LE(crc32(header.subarray(0, headerSumAt)), headerSumAt);
  await writeWhole(path, [header, bytes4, bytes6]);
}

/** Throws AppError 500 `set_file_damaged` when it is no set file, or not all of one; the error of the system when it cannot be read. */
export async function readSetFile(path: string): Promise<AddressSet> {
  return await withFile(path, async (file) => {
    const { v4, v6, rangesSum } = await readHeader(file);
    const bytes = Buffer.from(new ArrayBuffer(v4 * rangeBytes.v4 + v6 * rangeBytes.v6));
    readFull(file, bytes, headerBytes);
    if (crc32(bytes) !== rangesSum) throw damaged();
    const split = v4 * rangeBytes.v4;
    return { v4: wordsOf(bytes.subarray(0, split)), v6: wordsOf(bytes.subarray(split)) };
  });
}

/**
 * The first entry (after merging) of the set that holds the address, or a part of the network; null when none does. Reads
 * some blocks of the file, however long it is. Throws as `readSetFile` does.
 */
export async function findInSetFile(path: string, address: Address): Promise<Address | null> {
  const bounds = Uint32Array.from(boundsOf(address));
  return await withFile(path, async (file) => {
    const { v4, v6 } = await readHeader(file);
    return family(address) === 4
      ? search(file, { from: headerBytes, count: v4, width: v4Width, bounds })
      : search(file, { from: headerBytes + v4 * rangeBytes.v4, count: v6, width: v6Width, bounds });
  });
}

interface Header {
  /** Ranges. */
  v4: number;
  v6: number;
  rangesSum: number;
}

/** Also makes sure that the file is as long as it says. */
async function readHeader(file: FileHandle): Promise<Header> {
  const header = Buffer.alloc(headerBytes);
  readFull(file, header, 0);
  if (header.toString('latin1', 0, mark.length) !== mark) throw damaged();
  if (crc32(header.subarray(0, headerSumAt)) !== header.readUInt32LE(headerSumAt)) throw damaged();
  const [v4, v6] = [header.readUInt32LE(v4At), header.readUInt32LE(v6At)];
  const { size } = await file.stat();
  if (size !== headerBytes + v4 * rangeBytes.v4 + v6 * rangeBytes.v6) throw damaged();
  return { v4, v6, rangesSum: header.readUInt32LE(rangesSumAt) };
}

interface Wanted {
  /** Byte of the first range, how many there are. */
  from: number;
  count: number;
  width: Width;
  bounds: Uint32Array;
}

/** The first entry that meets `bounds`. Halves the blocks until one is left. */
function search(file: FileHandle, { from, count, width, bounds }: Wanted): Address | null {
  const { words, compare } = width;
  const perBlock = blockBytes / (words * 8);
  let low = 0;
  let high = Math.ceil(count / perBlock);
  let candidate: Uint32Array = new Uint32Array();
  while (low < high) {
    const middle = (low + high) >>> 1;
    const ranges = Math.min(perBlock, count - middle * perBlock);
    const bytes = Buffer.from(new ArrayBuffer(ranges * words * 8));
    readFull(file, bytes, from + middle * blockBytes);
    const block = wordsOf(bytes);
    if (compare(block, block.length - words, bounds, 0) < 0) {
      low = middle + 1;
      continue;
    }
    candidate = block;
    high = middle;
    if (compare(block, 0, bounds, 0) <= 0) break;
  }
  return firstEntry(candidate, width, bounds);
}

/**
 * Waits for the disk: a lookup reads a dozen blocks of each list, which are at hand as a rule, and a turn of the thread
 * pool for each costs many times what reading does.
 */
function readFull({ fd }: FileHandle, into: Buffer, position: number): void {
  let at = 0;
  while (at < into.length) {
    const bytesRead = readSync(fd, into, at, into.length - at, position + at);
    if (bytesRead === 0) throw damaged();
    at += bytesRead;
  }
}

async function withFile<T>(path: string, read: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path);
  try {
    return await read(file);
  } finally {
    await file.close();
  }
}

const damaged = (): AppError =>
  new AppError(
    500,
    'set_file_damaged',
    'A stored list is damaged or not all there. Importing it again repairs it.',
  );

const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

/** Of a buffer that begins at a whole word. */
const wordsOf = (bytes: Buffer): Uint32Array =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
