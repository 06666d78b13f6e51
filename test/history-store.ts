/** A history of a test's own, and what fail2ban's database and log tell of one address. */
import { sql } from 'kysely';
import type { NewBan, NewEvent, NewUnban } from '../src/features/history/new-event.ts';
import { checkHistory } from '../src/features/history/store/check.ts';
import { createHistoryStore, type HistoryStore } from '../src/features/history/store/store.ts';
import type { Appended } from '../src/features/history/store/stored-event.ts';
import type { History } from '../src/platform/db/schema-history.ts';
import type { Locate } from '../src/platform/geo/place.ts';
import type { OpenDatabase } from '../src/platform/db/open.ts';
import { createFence, type Fence } from '../src/platform/lock/fence.ts';
import { temporaryDatabase, type TemporaryDatabase } from './database.ts';
import { onPostgres } from './servers/test-databases.ts';

export const dialect = onPostgres() ? 'postgres' : 'sqlite';
const by = { origin: 'own', actor: null, reason: null } as const;
export const [jail, ip] = ['sshd', '203.0.113.9'];

/** By the last character, so that some addresses share a country, and by the length a network. */
export const somewhere: Locate = (text) => ({
  country: text.includes('.') ? `X${text.at(-1) ?? ''}` : 'unknown',
  asn: text.length,
  asName: `Network ${text.length}`,
  range: null,
  city: null,
});

/** The row of a ban: its time in seconds. */
export const row = (fail2banAt: number, rest: Partial<NewBan> = {}): NewBan => ({
  ...by,
  jail,
  ip,
  action: 'ban',
  at: fail2banAt * 1000,
  fail2banAt,
  seconds: 600,
  count: 1,
  failures: 5,
  lines: ['Failed password for root', 'again'],
  ...rest,
});

/** The log line of a ban. */
export const line = (at: number, rest: Partial<NewBan> = {}): NewBan => ({
  ...row(0, { at, fail2banAt: null, seconds: null, failures: 0, lines: [] }),
  ...rest,
});

export const unban = (at: number, rest: Partial<NewUnban> = {}): NewUnban => ({
  ...by,
  jail,
  ip,
  action: 'unban',
  at,
  ...rest,
});

export interface TemporaryHistory extends Pick<TemporaryDatabase, 'db'> {
  store: HistoryStore;
  fence: Fence;
  append(...events: NewEvent[]): Promise<Appended>;
  /** What does not add up. */
  check(): Promise<string[]>;
  events(): Promise<History[]>;
  /** Another writer begins; it knows nothing yet. */
  restart(locate?: Locate): void;
  empty(): Promise<void>;
  close(): Promise<void>;
}

export async function temporaryDatabaseWithHistory(): Promise<TemporaryHistory> {
  const { db, fence: fenceOf, close } = await temporaryDatabase();
  const fence = fenceOf();
  const newStore = (locate: Locate) => createHistoryStore({ db, dialect, hostId: 'local', locate });
  const history: TemporaryHistory = {
    db,
    close,
    fence,
    store: newStore(somewhere),
    append: (...events) => fence.write((trx) => history.store.append(trx, events)),
    check: () => checkHistory({ db, dialect, hostId: 'local' }),
    events: () => db.selectFrom('history').selectAll().orderBy('id').execute(),
    restart(locate = somewhere) {
      history.store = newStore(locate);
    },
    async empty() {
      const tables = [
        'history',
        'history_lines',
        'addresses',
        'jail_sums',
        'country_sums',
        'network_sums',
      ] as const;
      for (const table of tables) await db.deleteFrom(table).execute();
      if (!onPostgres())
        await sql`INSERT INTO history_search (history_search) VALUES ('delete-all')`.execute(db);
    },
  };
  return history;
}

/** Takes all steps; the sum of what they answer. */
export async function allSteps(steps: AsyncIterable<number>): Promise<number> {
  let sum = 0;
  for await (const step of steps) sum += step;
  return sum;
}

/** A little of everything, over three months, with days made. */
export async function fillWithHistory({
  db,
  dialect: kind,
}: Pick<OpenDatabase, 'db' | 'dialect'>): Promise<void> {
  const store = createHistoryStore({ db, dialect: kind, hostId: 'local', locate: somewhere });
  const fence = createFence({ db, dialect: kind, token: 0 });
  const from = Date.UTC(2026, 8, 29) / 1000;
  const told = Array.from({ length: 300 }, (_, n) => {
    const who = {
      ip: n % 9 === 0 ? `2001:db8::${n}` : `203.0.113.${n % 50}`,
      jail: n % 4 === 0 ? 'Wéb 🦊' : 'sshd',
    };
    const ban = row(from + n * 20_000, {
      ...who,
      lines: n % 3 === 0 ? [] : [`word${n} "quoted" \\u0000`, 'ünïcode'],
    });
    return n % 2 === 0
      ? [ban]
      : [ban, unban(ban.at + 5_000, { ...who, origin: 'manual', actor: 'admin', reason: '=x' })];
  });
  await fence.write((trx) => store.append(trx, told.flat()));
  await allSteps(store.rollUp(fence, Date.UTC(2026, 10, 1)));
}
