/** Addresses that are nowhere in the world: those of private networks, and those set aside for other purposes. */
import { readBits } from '../../base/ip-bits.ts';
import { reachableExceptions, unreachableBlocks } from '../../base/special-purpose.ts';
import { wordsOf, type Words } from './words.ts';

/** Names of IANA's blocks whose addresses somebody's own machines can have. */
const privateBlocks: ReadonlySet<string> = new Set([
  'private use',
  'shared address space',
  'loopback',
  'link-local',
  'unique local',
]);

interface Block {
  first: Words;
  /** All ones in the words, or parts of words, that the prefix covers. */
  mask: Words;
  answer: 'private' | 'reserved' | null;
}

/** Exceptions first, then the blocks in their order: the first that holds an address decides. */
const blocks = [
  ...reachableExceptions.map((network) => blockOf(network, null)),
  ...unreachableBlocks.map(({ network, name }) =>
    blockOf(network, privateBlocks.has(name) ? 'private' : 'reserved'),
  ),
];
const v4Blocks = blocks.filter(({ first }) => first.length === 1);
const v6Blocks = blocks.filter(({ first }) => first.length === 4);

/** Null for an address of the public internet. */
export function specialPlace(words: Words): 'private' | 'reserved' | null {
  for (const block of words.length === 1 ? v4Blocks : v6Blocks) {
    if (holds(block, words)) return block.answer;
  }
  return null;
}

function holds({ first, mask }: Block, words: Words): boolean {
  for (let index = 0; index < words.length; index++) {
    if (((words[index] ?? 0) & (mask[index] ?? 0)) >>> 0 !== first[index]) return false;
  }
  return true;
}

function blockOf(network: string, answer: Block['answer']): Block {
  const bits = readBits(network);
  if (bits === null) throw new TypeError('not a network');
  const { bytes, prefix } = bits;
  const mask = bytes.map((_, index) => 0xff & ~(0xff >> Math.min(8, Math.max(0, prefix - index * 8))));
  return { first: wordsOf(bytes), mask: wordsOf(mask), answer };
}
