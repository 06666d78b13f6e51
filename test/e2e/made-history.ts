/** A real BanGUI whose history holds made-up bans of the last weeks: as many as a test wants to look at. */
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { NewBan, Origin } from '../../src/features/history/new-event.ts';
import { createHistoryStore } from '../../src/features/history/store/store.ts';
import { openDatabase } from '../../src/platform/db/open.ts';
import type { Place } from '../../src/platform/geo/place.ts';
import { startBangui, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { randomOf } from '../history-data.ts';

export interface MadeHistory {
  bangui: RunningBangui;
  fail2ban: RealFail2ban;
  remove(): Promise<void>;
}

const hour = 3_600_000;
const day = 24 * hour;

/** Starts both, fills the history while BanGUI is stopped, and starts it again. */
export async function startWithHistory(rows: number): Promise<MadeHistory> {
  const fail2ban = await startFail2ban();
  let bangui = await startBangui({ socket: fail2ban.socket });
  if (rows > 0) {
    await bangui.stop();
    await fill(join(bangui.dir, 'bangui.db'), madeBans(rows, Date.now()));
    bangui = await bangui.restart();
  }
  return {
    bangui,
    fail2ban,
    async remove() {
      await bangui.dispose();
      await fail2ban.remove();
    },
  };
}

async function fill(path: string, bans: readonly NewBan[]): Promise<void> {
  const database = await openDatabase({ path, log: silentLog, now: systemClock });
  const store = createHistoryStore({ db: database.db, dialect: 'sqlite', hostId: 'local', locate: placeOf });
  for (let from = 0; from < bans.length; from += 1000) {
    await database.db.transaction().execute((trx) => store.append(trx, bans.slice(from, from + 1000)));
  }
  await database.close();
}

/** Country and its weight. */
const countries: readonly (readonly [string, number])[] = Object.entries({
  US: 203,
  CN: 187,
  NL: 121,
  DE: 97,
  RU: 94,
  IN: 88,
  BR: 71,
  VN: 66,
  SG: 52,
  KR: 49,
  FR: 41,
  ID: 38,
  GB: 33,
  HK: 29,
  PL: 13,
  unknown: 12,
  LT: 11,
  UA: 9,
  TR: 8,
  MX: 7,
  CA: 6,
  AU: 5,
  ZA: 4,
  AR: 4,
  private: 3,
  JP: 3,
  EG: 2,
  NG: 2,
  SE: 2,
  MT: 1,
});
const networks = [
  'Northgate Hosting',
  'Kestrel Cloud',
  'Meridian Backbone',
  'Bluefin VPS',
  'Tidewater Telecom',
  'Orchard Broadband',
  'Halcyon Data',
  'Pinecrest ISP',
  'Larkfield Networks',
  'Juniper Row Colocation',
  'Saltmarsh Mobile',
  'Copperfield Transit',
];
const jails = ['sshd', 'nginx-botsearch', 'recidive', 'postfix-sasl', 'dovecot', 'nginx-http-auth', 'vsftpd'];

const random = randomOf(7);
const weights = countries.flatMap(([code, weight]) => Array.from({ length: weight }, () => code));
/** The first ones far more often than the last. */
const pick = <T>(list: readonly T[], otherwise: T): T =>
  list[Math.floor(random() ** 2 * list.length)] ?? otherwise;

/** The third byte says where an address is, so that it stays there. */
export function placeOf(ip: string): Place {
  const [, second = 0, third = 0] = ip.split('.').map(Number);
  const country = weights[((second * 256 + third) * 997) % weights.length] ?? 'unknown';
  const network = Math.floor((third % 30) ** 2 / 75);
  const known = country !== 'private' && country !== 'unknown';
  return {
    country,
    asn: known ? 64_496 + network : 0,
    asName: known ? (networks[network] ?? null) : null,
    range: null,
    city: null,
  };
}

/** The oldest first. Three lie within the last hour; more are spread over 60 days, denser at night, with lists in bursts. */
export function madeBans(rows: number, now: number): NewBan[] {
  const bans = Array.from({ length: rows }, (_, index): NewBan => {
    const origin: Origin = random() < 0.82 ? 'own' : random() < 0.95 ? 'blocklist' : 'manual';
    const at = rows <= 3 ? now - (index + 1) * 10 * 60_000 : moment(now, origin);
    return {
      action: 'ban',
      jail: origin === 'blocklist' ? 'blocklist' : origin === 'manual' ? 'manual' : pick(jails, 'sshd'),
      ip: `45.${Math.floor(random() * 4)}.${Math.floor(random() * 256)}.${Math.floor(random() ** 2 * 250)}`,
      at: Math.floor(at),
      fail2banAt: null,
      seconds: 600,
      count: 1,
      failures: origin === 'own' ? 3 + Math.floor(random() * 25) : 0,
      origin,
      actor: origin === 'manual' ? 'marta' : null,
      reason: null,
      lines: [],
    };
  });
  return bans.toSorted((a, b) => a.at - b.at);
}

function moment(now: number, origin: Origin): number {
  const at = now - random() ** 1.08 * 60 * day;
  // lists come every six hours, for half an hour
  if (origin === 'blocklist')
    return Math.min(now - 1000, Math.floor(at / (6 * hour)) * 6 * hour + random() * hour * 0.5);
  const hourOfDay = new Date(at).getUTCHours();
  const night = hourOfDay < 5;
  return night || random() < 0.7 ? at : Math.floor(at / day) * day + random() * 4 * hour;
}
