/** Looks whether a database file can be used, before it takes the place of another. */
import type { Mmdb } from './mmdb.ts';
import type { Words } from './words.ts';

const mostLooked = 2_000;

/**
 * Looks at what stands first in it, and at samples from everywhere. Throws an Error with a sentence when it is damaged,
 * or holds nothing of what is wanted.
 */
export function checkMmdb(mmdb: Mmdb<unknown>, wanted: string): void {
  let found = 0;
  const look = (ip: Words): void => {
    if (mmdb.find(ip) !== null) found += 1;
  };
  for (const words of [1, 4]) {
    const width = BigInt(words * 32);
    const split = (address: bigint): Words =>
      Array.from({ length: words }, (_, index) =>
        Number((address >> (width - BigInt(32 * (index + 1)))) & 0xffff_ffffn),
      );
    // IPv6: those in use; the first part of all is where the tree holds IPv4
    let address = words === 1 ? 0n : 0x2000n << 112n;
    for (let looked = 0; address >> width === 0n && looked < mostLooked; looked++) {
      const ip = split(address);
      look(ip);
      address += 1n << (width - BigInt(mmdb.prefix(ip)));
    }
    for (let sample = 0n; sample < 256n; sample++) look(split(sample << (width - 8n)));
  }
  if (found === 0) throw new Error(`It holds no ${wanted}; it calls itself "${mmdb.type}".`);
}
