/** Compiles the bundled list of networks, 33 MB of text, into the table that is searched. Takes about a second. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { writeTable } from './network-table.ts';
import { cleanName } from './record-fields.ts';

interface Networks {
  asns: number[];
  names: string[];
  /** Place in both by AS number. */
  places: Map<number, number>;
}

interface Ranges {
  starts: number[];
  networks: number[];
}

/**
 * `folder` holds `asn-ipv4-num.csv` and `asn-ipv6-num.csv` of @ip-location-db/asn: first and last address as decimal
 * numbers, AS number, name. Throws when a line is of another form, or nothing was in them.
 */
export async function compileNetworks(folder: string): Promise<SharedArrayBuffer> {
  const networks: Networks = { asns: [0], names: [''], places: new Map() };
  const v4 = await compileFile(join(folder, 'asn-ipv4-num.csv'), 1, networks);
  const v6 = await compileFile(join(folder, 'asn-ipv6-num.csv'), 4, networks);
  if (networks.asns.length === 1) throw new Error('the list of networks is empty');
  let end = 0;
  const nameEnds = networks.names.map((name) => (end += Buffer.byteLength(name)));
  return writeTable({
    v4Starts: Uint32Array.from(v4.starts),
    v4Networks: Uint32Array.from(v4.networks),
    v6Starts: Uint32Array.from(v6.starts),
    v6Networks: Uint32Array.from(v6.networks),
    asns: Uint32Array.from(networks.asns),
    nameEnds: Uint32Array.from(nameEnds),
    names: Buffer.from(networks.names.join('')),
  });
}

/** `words`: how many numbers of 32 bits an address has. Where nothing is known, network 0 begins. */
async function compileFile(path: string, words: 1 | 4, networks: Networks): Promise<Ranges> {
  const ranges: Ranges = { starts: [], networks: [] };
  /** The first address after everything so far. */
  let next = 0n;
  const begin = (address: bigint, network: number): void => {
    for (let index = words - 1; index >= 0; index--) {
      ranges.starts.push(Number((address >> BigInt(index * 32)) & 0xffff_ffffn));
    }
    ranges.networks.push(network);
  };
  await eachLine(path, (line) => {
    const [first, last, asn, name] = partsOf(line);
    // a range that reaches into the one before gives way to it
    const start = first < next ? next : first;
    if (last < start) return;
    if (start > next) begin(next, 0);
    begin(start, placeIn(networks, asn, name));
    next = last + 1n;
  });
  if (next < 1n << BigInt(words * 32)) begin(next, 0);
  return ranges;
}

function placeIn({ asns, names, places }: Networks, asn: number, name: string): number {
  const known = places.get(asn);
  if (known !== undefined) return known;
  const place = asns.length;
  asns.push(asn);
  names.push(cleanName(name) ?? '');
  places.set(asn, place);
  return place;
}

function partsOf(line: string): [first: bigint, last: bigint, asn: number, name: string] {
  const [, first, last, asn, name] = /^(\d{1,39}),(\d{1,39}),(\d{1,10}),(.*)$/.exec(line) ?? [];
  if (first === undefined || last === undefined || asn === undefined || name === undefined) {
    throw new Error(`not a line of the list of networks: ${JSON.stringify(line.slice(0, 80))}`);
  }
  const plain = name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
  return [BigInt(first), BigInt(last), Number(asn), plain];
}

async function eachLine(path: string, take: (line: string) => void): Promise<void> {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 64 * 1024 })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  }
  if (rest !== '') take(rest);
}
