/** The events of one append as they are judged, and what becomes of them before anything is written. */
import type { NewBan, NewEvent } from '../new-event.ts';
import { judge } from './join-events.ts';
import type { KnownAddress } from './known-addresses.ts';
import { keyOf, place } from './known-events.ts';
import type { StoredEvent } from './stored-event.ts';

export interface Batch {
  /** In the order given. */
  fresh: Set<StoredEvent>;
  /** What stored events became, with what they were. */
  changed: Map<StoredEvent, StoredEvent>;
  completed: Set<StoredEvent>;
  /** Matched lines that are news. None: those that are stored are another ban's. */
  lines: Map<StoredEvent, readonly string[]>;
  /** Addresses whose bans are not as they were. */
  banned: Set<KnownAddress>;
  heard: number;
  known: number;
}

interface JudgeOptions {
  /** What the history holds near the events; grows with them. */
  near: Map<string, StoredEvent[]>;
  addresses: ReadonlyMap<string, KnownAddress>;
  nextId(at: number): Promise<number>;
  /** The earliest ban of the address that is stored. */
  firstBan(address: KnownAddress): Promise<StoredEvent | null>;
  storedLines(id: number): Promise<readonly string[]>;
}

type Unnumbered = Omit<StoredEvent, 'id' | 'again' | 'country' | 'asn'>;

const noRow = { fail2banAt: null, seconds: null, count: 1, failures: 0 };

export async function judgeAll(events: readonly NewEvent[], options: JudgeOptions): Promise<Batch> {
  const { near, addresses, nextId, firstBan, storedLines } = options;
  const batch: Batch = {
    fresh: new Set(),
    changed: new Map(),
    completed: new Set(),
    lines: new Map(),
    banned: new Set(),
    heard: 0,
    known: 0,
  };
  const stored = new Map([...near.values()].flat().map((event) => [event.id, event]));

  /** What it was is kept for the sums, unless this batch brought it. */
  function change(event: StoredEvent): StoredEvent {
    if (!batch.changed.has(event) && !batch.fresh.has(event)) batch.changed.set(event, { ...event });
    return event;
  }

  /** True when the address was banned before. An earlier ban that comes later makes the first one the second. */
  async function bannedBefore({ ip, at }: Unnumbered, address: KnownAddress): Promise<boolean> {
    if (address.bans === 0 || at >= address.firstAt) return address.bans > 0;
    const found = await firstBan(address);
    const same = found === null ? null : (stored.get(found.id) ?? found);
    if (same !== null) stored.set(same.id, same);
    const first = [...(same === null ? [] : [same]), ...batch.fresh]
      .filter((one) => one.action === 'ban' && one.ip === ip)
      .reduce<StoredEvent | null>((least, one) => (least === null || one.at < least.at ? one : least), null);
    if (first !== null && !first.again) change(first).again = true;
    return false;
  }

  async function add(event: Unnumbered, lines: readonly string[]): Promise<void> {
    const address = addressOf(event);
    const { country, asn } = address;
    const again = event.action === 'ban' && (await bannedBefore(event, address));
    const news: StoredEvent = { ...event, id: await nextId(event.at), again, country, asn };
    if (event.action === 'ban') {
      count(address, event);
      batch.banned.add(address);
    }
    if (lines.length > 0) batch.lines.set(news, lines);
    batch.fresh.add(news);
    place(near, news);
  }

  /** What stays keeps its time and number. */
  async function part(event: StoredEvent): Promise<void> {
    const { fail2banAt, heardAt, seconds, failures } = event;
    if (fail2banAt === null || heardAt === null)
      throw new Error('only a ban of a row and a line can be parted');
    const whole = { ...event };
    batch.completed.delete(event);
    if (event.at !== heardAt) {
      change(event).heardAt = null;
      await add({ ...whole, ...noRow, at: heardAt }, []);
      return;
    }
    const lines = batch.lines.get(event) ?? (batch.fresh.has(event) ? [] : await storedLines(event.id));
    Object.assign(change(event), noRow);
    batch.lines.set(event, []);
    await add({ ...whole, fail2banAt, seconds, failures, heardAt: null, at: fail2banAt * 1000 }, lines);
  }

  function complete(event: StoredEvent, { fail2banAt, seconds, count: bans, failures, lines }: NewBan): void {
    Object.assign(change(event), { fail2banAt, seconds, count: bans, failures });
    if (lines.length > 0) batch.lines.set(event, lines);
    batch.completed.add(event);
  }

  function hear(event: StoredEvent, at: number): void {
    const address = addressOf(event);
    change(event).heardAt = at;
    address.lastAt = Math.max(address.lastAt, at);
    batch.banned.add(address);
    batch.heard += 1;
  }

  function addressOf({ ip }: { ip: string }): KnownAddress {
    const address = addresses.get(ip);
    if (address === undefined) throw new Error('an address of the batch was not loaded');
    return address;
  }

  for (const event of events) {
    let verdict = judge(event, near.get(keyOf(event)) ?? []);
    while (verdict.is === 'between') {
      await part(verdict.event);
      verdict = judge(event, near.get(keyOf(event)) ?? []);
    }
    if (verdict.is === 'new') {
      await add(unnumbered(event), event.action === 'ban' ? event.lines : []);
      continue;
    }
    if (verdict.is === 'known') batch.known += 1;
    else if (verdict.is === 'heard') hear(verdict.event, event.at);
    else if (event.action === 'ban') complete(verdict.event, event);
    if (verdict.event.origin === 'own' && event.origin !== 'own') {
      const { origin, actor, reason } = event;
      Object.assign(change(verdict.event), { origin, actor, reason });
    }
  }
  return batch;
}

function unnumbered(event: NewEvent): Unnumbered {
  const { jail, ip, action, at, origin, actor, reason } = event;
  const told = { jail, ip, at, origin, actor, reason };
  if (event.action === 'unban') return { ...told, ...noRow, action, heardAt: at, count: 0 };
  const { fail2banAt, seconds, count: bans, failures } = event;
  const heardAt = fail2banAt === null ? at : null;
  return { ...told, action, fail2banAt, heardAt, seconds, count: bans, failures };
}

/** Also when its row is from before the line that told of it. */
function count(known: KnownAddress, { at, heardAt }: Unnumbered): void {
  const address = known;
  const last = Math.max(at, heardAt ?? at);
  address.firstAt = address.bans === 0 ? at : Math.min(address.firstAt, at);
  address.lastAt = address.bans === 0 ? last : Math.max(address.lastAt, last);
  address.bans += 1;
}
