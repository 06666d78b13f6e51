/** Answers where addresses are, in any thread, from data that all threads share. */
import { clearHostBits, readBits, writeBits } from '../../base/ip-bits.ts';
import { openMmdb, type Mmdb } from './mmdb.ts';
import { openTable, type Network } from './network-table.ts';
import { placeOf, type Locate } from './place.ts';
import { cityIn, countryIn, networkIn } from './record-fields.ts';
import { specialPlace } from './special-place.ts';
import { wordsOf, type Words } from './words.ts';

/** Can be sent to another thread: the data itself is shared, not copied. */
export interface SharedGeo {
  /** A file in MaxMind's format. */
  country: SharedArrayBuffer | null;
  /** Such a file, or the compiled table of networks that comes with BanGUI. */
  network: { form: 'mmdb' | 'table'; data: SharedArrayBuffer } | null;
  city: SharedArrayBuffer | null;
}

const unknown = placeOf('unknown');
const special = { private: placeOf('private'), reserved: placeOf('reserved') };

/** `onFault` hears of damage inside a file; what stood there is unknown then. Answers never throw. */
export function locateFrom(shared: SharedGeo, onFault: (error: unknown) => void = () => {}): Locate {
  const countryOf = patient(openFile(shared.country, countryIn)?.find, onFault);
  const cityOf = patient(openFile(shared.city, cityIn)?.find, onFault);
  const networkOf = patient(networkFinder(shared.network), onFault);
  return (text) => {
    const bits = readBits(text);
    if (bits === null) return unknown;
    const ip = wordsOf(bits.bytes);
    const nowhere = specialPlace(ip);
    if (nowhere !== null) return special[nowhere];
    const network = networkOf(ip);
    return {
      country: countryOf(ip) ?? 'unknown',
      asn: network?.asn ?? 0,
      asName: network?.name ?? null,
      range: network === null ? null : blockAround(bits.bytes, network.prefix),
      city: cityOf(ip),
    };
  };
}

type Find<T> = (ip: Words) => T | null;

/** Null where a file is damaged, and always without one. */
function patient<T>(find: Find<T> | undefined, onFault: (error: unknown) => void): Find<T> {
  if (find === undefined) return () => null;
  return (ip) => {
    try {
      return find(ip);
    } catch (error) {
      onFault(error);
      return null;
    }
  };
}

const openFile = <F>(
  data: SharedArrayBuffer | null,
  read: (record: unknown) => F | null,
): Mmdb<F> | undefined => (data === null ? undefined : openMmdb(data, read));

function networkFinder(network: SharedGeo['network']): Find<Network> | undefined {
  if (network === null) return undefined;
  if (network.form === 'table') return openTable(network.data).find;
  const { find, prefix } = openMmdb(network.data, networkIn);
  return (ip) => {
    const fields = find(ip);
    return fields === null ? null : { ...fields, prefix: prefix(ip) };
  };
}

const blockAround = (bytes: readonly number[], prefix: number): string =>
  writeBits({ bytes: clearHostBits(bytes, prefix), prefix });
