/**
 * Which ranges would cover offenders well. Worth of a range: the offenders in it, less one for the entry itself, less
 * a share for everybody else it would hit. Of a range and the best choice inside it, the one worth more is taken: so a
 * wide range is only advised where its offenders are spread over it, and none of those advised overlap.
 */
import { parseAddress, type Address } from '../../base/address.ts';

export interface Block {
  /** The beginning of `addressKey` that all of a /24, or /64, have in common. */
  key: string;
  addresses: number;
}

export interface Cover {
  range: Address;
  addresses: number;
  /** Addresses in all; for IPv6 /64 networks in all, since one holder has a whole one. */
  size: number;
  /** How many of `size` offended. */
  offending: number;
  worth: number;
}

interface Level {
  prefix: number;
  size: number;
  /** What the keys of one range of this level have in common. */
  id(key: string): string;
}

/** An open range; those of one level follow each other. */
interface Open {
  id: string;
  addresses: number;
  offending: number;
  worthInside: number;
  inside: Cover[];
}

export interface CoverSearch {
  /** Blocks must come in the order of their keys. */
  add(block: Block): void;
  /** The most worthy first. */
  finish(): Cover[];
}

/** Narrowest first. */
const levels4: readonly Level[] = [24, 23, 22, 21, 20, 19, 18, 17, 16].map((prefix) => ({
  prefix,
  size: 2 ** (32 - prefix),
  id: (key) => String(Number.parseInt(key.slice(1), 16) >> (24 - prefix)),
}));
const levels6: readonly Level[] = [64, 56, 48].map((prefix) => ({
  prefix,
  size: 2 ** (64 - prefix),
  id: (key) => key.slice(1, 1 + prefix / 4),
}));

export function createCoverSearch({ atLeast, most }: { atLeast: number; most: number }): CoverSearch {
  // A /24 that holds just as many as asked for is worth a little; denser asked for, dearer is everybody else.
  const priceOfOthers = (atLeast - 1) / 256;
  let found: Cover[] = [];
  let open: Open[] = [];
  let levels = levels4;

  function close(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const [node, level] = [open[index], levels[index]];
      if (node === undefined || level === undefined) return;
      const { addresses, offending } = node;
      const worth = addresses - 1 - priceOfOthers * (level.size - offending);
      const better = addresses >= atLeast && worth > node.worthInside;
      const best = better
        ? [{ range: rangeOf(node.id, level.prefix), addresses, size: level.size, offending, worth }]
        : node.inside;
      const above = open[index + 1];
      if (above === undefined) {
        found.push(...best);
        if (found.length > 4 * most) found = ranked(found, most);
        continue;
      }
      above.addresses += addresses;
      above.offending += offending;
      above.worthInside += better ? worth : node.worthInside;
      above.inside.push(...best);
    }
  }

  return {
    add({ key, addresses }) {
      const own = key.startsWith('4') ? levels4 : levels6;
      if (own !== levels) {
        close(open.length);
        open = [];
        levels = own;
      }
      const ids = own.map((level) => level.id(key));
      // Where a wide range ends, all inside it end.
      const changed = ids.findLastIndex((id, index) => open[index]?.id !== id) + 1;
      close(changed);
      for (let index = 0; index < changed; index += 1) {
        open[index] = { id: ids[index] ?? '', addresses: 0, offending: 0, worthInside: 0, inside: [] };
      }
      const [narrowest] = open;
      if (narrowest === undefined) return;
      narrowest.addresses += addresses;
      narrowest.offending = own === levels4 ? narrowest.addresses : 1;
    },
    finish() {
      close(open.length);
      open = [];
      return ranked(found, most);
    },
  };
}

const ranked = (covers: readonly Cover[], most: number): Cover[] =>
  covers.toSorted((a, b) => b.worth - a.worth).slice(0, most);

function rangeOf(id: string, prefix: number): Address {
  const range = parseAddress(`${firstOf(id, prefix)}/${prefix}`);
  if (range === null) throw new TypeError('no beginning of a key of an address');
  return range;
}

function firstOf(id: string, prefix: number): string {
  if (prefix <= 32) {
    const first = Number(id) * 2 ** (32 - prefix);
    return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
  }
  return `${(id.padEnd(16, '0').match(/.{4}/g) ?? []).join(':')}::`;
}
