/** A real BanGUI whose history holds made-up bans of the last weeks: as many as a test wants to look at. */
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { NewBan, Origin } from '../../src/features/history/new-event.ts';
import { createHistoryStore } from '../../src/features/history/store/store.ts';
import { openDatabase } from '../../src/platform/db/open.ts';
import { openGeo } from '../../src/platform/geo/geo.ts';
import type { Locate } from '../../src/platform/geo/place.ts';
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
    await fill(join(bangui.dir, 'bangui.db'), rows);
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

/** Places are those of the bundled data: BanGUI would put others right while a test looks at them. */
async function fill(path: string, rows: number): Promise<void> {
  const geo = openGeo({ files: { country: null, network: null, city: null }, log: silentLog });
  await geo.ready;
  const bans = madeBans(rows, { now: Date.now(), locate: geo.locate });
  const database = await openDatabase({ path, log: silentLog, now: systemClock });
  const store = createHistoryStore({
    db: database.db,
    dialect: 'sqlite',
    hostId: 'local',
    locate: geo.locate,
  });
  for (let from = 0; from < bans.length; from += 1000) {
    await database.db.transaction().execute((trx) => store.append(trx, bans.slice(from, from + 1000)));
  }
  await database.close();
  await geo.close();
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
const jails = ['sshd', 'nginx-botsearch', 'recidive', 'postfix-sasl', 'dovecot', 'nginx-http-auth', 'vsftpd'];

const random = randomOf(7);
const weights = countries.flatMap(([code, weight]) => Array.from({ length: weight }, () => code));
/** The first ones far more often than the last. */
const pick = <T>(list: readonly T[], otherwise: T): T =>
  list[Math.floor(random() ** 2 * list.length)] ?? otherwise;

/** Some hundred addresses of each of the countries, as far as they are met within so many tries. */
function addressesOf(locate: Locate): Map<string, string[]> {
  const tries = 120_000;
  const enough = 400;
  const byte = (): number => Math.floor(random() * 256);
  const found = new Map(countries.map(([code]) => [code, new Array<string>()]));
  for (let n = 0; n < tries; n++) {
    const ip = `${1 + Math.floor(random() * 222)}.${byte()}.${byte()}.${byte()}`;
    const list = found.get(locate(ip).country);
    if (list !== undefined && list.length < enough) list.push(ip);
  }
  found.set(
    'private',
    Array.from({ length: enough }, () => `10.${byte()}.${byte()}.${byte()}`),
  );
  return found;
}

/** The oldest first. Three lie within the last hour; more are spread over 60 days, denser at night, with lists in bursts. */
function madeBans(rows: number, { now, locate }: { now: number; locate: Locate }): NewBan[] {
  const addresses = addressesOf(locate);
  const bans = Array.from({ length: rows }, (_, index): NewBan => {
    const origin: Origin = random() < 0.82 ? 'own' : random() < 0.95 ? 'blocklist' : 'manual';
    const at = rows <= 3 ? now - (index + 1) * 10 * 60_000 : moment(now, origin);
    return {
      action: 'ban',
      jail: origin === 'blocklist' ? 'blocklist' : origin === 'manual' ? 'manual' : pick(jails, 'sshd'),
      ip: pick(addresses.get(weights[Math.floor(random() * weights.length)] ?? 'US') ?? [], '8.8.8.8'),
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
