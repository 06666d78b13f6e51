/** A history made up for tests: the same every time, with repeat offenders, unbans, quiet hours and hostile log lines. */
import { createHistoryStore } from '../src/features/history/store/store.ts';
import type { NewEvent, Origin } from '../src/features/history/new-event.ts';
import type { Place } from '../src/platform/geo/place.ts';
import type { TemporaryDatabase } from './database.ts';
import { onPostgres } from './servers/test-databases.ts';

export const dialectOfRun = (): 'sqlite' | 'postgres' => (onPostgres() ? 'postgres' : 'sqlite');

/** Numbers from 0 to 1, the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const countries = ['CN', 'US', 'DE', 'BR', 'unknown', 'private'];

/** Where an address is, by its bytes: no file is needed for it. */
export function placeForTests(ip: string): Place {
  const [first = 0, second = 0] = ip.split('.').map(Number);
  const asn = Number.isFinite(second) ? (second % 9) * 100 : 0;
  return {
    country: countries[(Number.isFinite(first) ? first : 0) % countries.length] ?? 'unknown',
    asn,
    asName: asn === 0 ? null : `Network ${asn}, "the" <b>one</b>`,
    range: null,
    city: null,
  };
}

interface Made {
  count: number;
  from: number;
  to: number;
  seed?: number;
  /** Different ones at most. */
  addresses?: number;
}

const jails = ['sshd', 'web', 'postfix-sasl'];
const users = ['root', 'admin', 'oracle', 'git'];

/** Bans and unbans of some hundred addresses, most of them more than once. */
export function madeEvents({ count, from, to, seed = 1, addresses = 60 }: Made): NewEvent[] {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[], otherwise: T): T =>
    list[Math.floor(random() ** 2 * list.length)] ?? otherwise;
  const events: NewEvent[] = [];
  for (let n = 0; n < count; n++) {
    const at = Math.floor(from + random() * (to - from));
    const spread = Math.floor(random() ** 2 * addresses);
    const ip =
      n % 11 === 0
        ? `2001:db8::${spread.toString(16)}`
        : `${1 + (spread % 12)}.${spread % 250}.${7 + Math.floor(spread / 250)}.${spread % 5}`;
    const jail = pick(jails, 'sshd');
    const origin: Origin = random() < 0.8 ? 'own' : random() < 0.5 ? 'manual' : 'blocklist';
    const told = {
      jail,
      ip,
      at,
      origin,
      actor: origin === 'manual' ? 'admin' : null,
      reason: origin === 'manual' ? '=cmd|calc' : null,
    };
    if (n % 4 === 3) {
      events.push({ ...told, action: 'unban' });
      continue;
    }
    events.push({
      ...told,
      action: 'ban',
      fail2banAt: null,
      seconds: n % 5 === 0 ? -1 : 600,
      count: 1 + (n % 3),
      failures: 1 + Math.floor(random() * 5),
      lines: [
        `Nov 22 03:04:05 host sshd[${n}]: Failed password for ${pick(users, 'root')} from ${ip} port ${n} ssh2`,
      ],
    });
  }
  return events;
}

const batch = 500;

/** As the one writer would; `daysUntil` (ms): days before it have sums of their own. */
export async function fillHistory(
  database: TemporaryDatabase,
  events: readonly NewEvent[],
  { daysUntil }: { daysUntil?: number } = {},
): Promise<void> {
  const { db } = database;
  const store = createHistoryStore({ db, dialect: dialectOfRun(), hostId: 'local', locate: placeForTests });
  const ordered = events.toSorted((a, b) => a.at - b.at);
  for (let from = 0; from < ordered.length; from += batch) {
    await db.transaction().execute((trx) => store.append(trx, ordered.slice(from, from + batch)));
  }
  if (daysUntil === undefined) return;
  const steps = store.rollUp(database.fence(), daysUntil);
  while ((await steps.next()).done !== true);
}
