/** Addresses of the history: found or put there once, and kept in mind while they come again. */
import { sql, type Transaction } from 'kysely';
import { addressKey } from '../../../base/address.ts';
import type { Database } from '../../../platform/db/schema.ts';
import type { Locate, Place } from '../../../platform/geo/place.ts';
import type { Bulk, Shape } from './bulk.ts';

export interface KnownAddress {
  id: number;
  ip: string;
  country: string;
  asn: number;
  /** Of bans, ms; of the first event while `bans` is 0. */
  firstAt: number;
  lastAt: number;
  bans: number;
  /** 0: this batch brought it. */
  stored: number;
}

export interface Addresses {
  /** All of them from now on, by address; a new one gets its place and the next number. */
  load(
    trx: Transaction<Database>,
    events: readonly { ip: string; at: number }[],
  ): Promise<Map<string, KnownAddress>>;
  write(trx: Transaction<Database>, changed: Iterable<KnownAddress>): Promise<void>;
  /** So many bans of each address are no longer there. Answers the ids of those that have none left. */
  uncount(trx: Transaction<Database>, gone: ReadonlyMap<string, number>): Promise<number[]>;
  /** Names of networks, where they are new. */
  name(trx: Transaction<Database>, places: readonly Place[]): Promise<void>;
  /** What is kept in mind may no longer be what is stored. */
  forget(): void;
}

/** Some 200 bytes each; as many again from before. */
const mostKnown = 25_000;

const shape: Shape = {
  table: 'addresses',
  columns: {
    id: 'bigint',
    host_id: 'text',
    ip: 'text',
    ip_key: 'text',
    country: 'text',
    asn: 'bigint',
    first_at: 'bigint',
    last_at: 'bigint',
    bans: 'bigint',
  },
  rest: `ON CONFLICT (id) DO UPDATE SET first_at = excluded.first_at, last_at = excluded.last_at, bans = excluded.bans`,
};
const names: Shape = {
  table: 'networks',
  columns: { asn: 'bigint', name: 'text' },
  rest: 'ON CONFLICT (asn) DO UPDATE SET name = excluded.name',
};

interface AddressesOptions {
  hostId: string;
  bulk: Bulk;
  locate: Locate;
}

export function createAddresses({ hostId, bulk, locate }: AddressesOptions): Addresses {
  /** Those of late, and those from before these were so many: what is in neither was not seen for long. */
  let recent = new Map<string, KnownAddress>();
  let earlier = new Map<string, KnownAddress>();
  const named = new Map<number, string>();
  let next: number | null = null;

  async function read(trx: Transaction<Database>, ips: readonly string[]): Promise<KnownAddress[]> {
    const given = bulk.rows(
      { ip: 'text' },
      ips.map((ip) => [ip]),
    );
    const { rows } = await sql<KnownAddress>`
      SELECT a.id, a.ip, a.country, a.asn, a.first_at AS "firstAt", a.last_at AS "lastAt", a.bans, 1 AS stored
      FROM ${given} AS k CROSS JOIN addresses a WHERE a.host_id = ${hostId} AND a.ip = k.ip`.execute(trx);
    return rows;
  }

  async function nextId(trx: Transaction<Database>): Promise<number> {
    const { rows } = await sql<{ id: number }>`SELECT coalesce(max(id), 0) + 1 AS id FROM addresses`.execute(
      trx,
    );
    return rows[0]?.id ?? 1;
  }

  async function name(trx: Transaction<Database>, places: readonly Place[]): Promise<void> {
    const news = new Map<number, string>();
    for (const { asn, asName } of places)
      if (asName !== null && named.get(asn) !== asName) news.set(asn, asName);
    await bulk.insert(trx, names, [...news]);
    for (const [asn, asName] of news) named.set(asn, asName);
  }

  async function write(trx: Transaction<Database>, changed: Iterable<KnownAddress>): Promise<void> {
    const rows = [];
    for (const one of changed) {
      const { id, ip, country, asn, firstAt, lastAt, bans } = one;
      rows.push([id, hostId, ip, addressKey(ip), country, asn, firstAt, lastAt, bans]);
      one.stored = 1;
    }
    await bulk.insert(trx, shape, rows);
  }

  return {
    name,
    async load(trx, events) {
      const here = new Map<string, KnownAddress>();
      const missing = new Map<string, number>();
      for (const { ip, at } of events) {
        const one = recent.get(ip) ?? earlier.get(ip);
        if (one === undefined) missing.set(ip, at);
        else here.set(ip, one);
      }
      for (const one of missing.size > 0 ? await read(trx, [...missing.keys()]) : []) {
        here.set(one.ip, one);
        missing.delete(one.ip);
      }
      const places: Place[] = [];
      for (const [ip, at] of missing) {
        next ??= await nextId(trx);
        const place = locate(ip);
        const { country, asn } = place;
        places.push(place);
        here.set(ip, { id: next++, ip, country, asn, firstAt: at, lastAt: at, bans: 0, stored: 0 });
      }
      await name(trx, places);
      if (recent.size > mostKnown) {
        earlier = recent;
        recent = new Map();
      }
      for (const [ip, one] of here) recent.set(ip, one);
      return here;
    },
    write,
    async uncount(trx, gone) {
      const all = await read(trx, [...gone.keys()]);
      for (const one of all) one.bans -= gone.get(one.ip) ?? 0;
      await write(trx, all);
      return all.filter(({ bans }) => bans < 1).map(({ id }) => id);
    },
    forget() {
      recent.clear();
      earlier.clear();
      named.clear();
      next = null;
    },
  };
}
