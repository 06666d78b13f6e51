/** Typing the password again, before an edit of what runs code. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { ownRateLimiter, ownThrottle } from '../../../test/limits.ts';
import { silentLog } from '../../base/log.ts';
import { createAudit } from '../../platform/audit.ts';
import { createServer, type Server } from '../../platform/http/server.ts';
import { createPasswords } from './passwords.ts';
import { authRoutes } from './routes.ts';
import { createSessions, type Sessions } from './sessions.ts';

const password = 'correct horse battery';
const passwords = createPasswords();

let database: TemporaryDatabase;
let server: Server;
let sessions: Sessions;
let time = 0;
const now = () => time;

beforeEach(async () => {
  time = 1_700_000_000_000;
  database = await temporaryDatabase();
  const { db } = database;
  const user = { name: 'admin', role: 'admin', created_at: time, password_changed_at: time };
  await db
    .insertInto('users')
    .values({ ...user, password_hash: await passwords.hash(password) })
    .execute();
  sessions = createSessions({ db, secrets: ['a'.repeat(40)], cacheMs: 10_000, tell: () => {}, now });
  server = await createServer({
    log: silentLog,
    identify: sessions.identify,
    limiter: ownRateLimiter({ perMinute: 10_000, now }),
    trustedProxies: [],
    allowedOrigins: [],
    pages: '/nowhere',
    version: '0',
  });
  authRoutes({
    mount: server.mount,
    db,
    sessions,
    passwords,
    throttle: ownThrottle({ perMinute: 10, now }),
    audit: createAudit({ db, now }),
    now,
    cookie: { secure: false, sameSite: 'lax' },
    preferences: async () => ({ sessionMinutes: 60, timezone: 'UTC' }),
  });
});
afterEach(async () => {
  await server.close(500);
  await database.close();
});

const signedIn = async () => {
  const session = { userId: 1, client: '127.0.0.1', userAgent: '', durationMs: 3_600_000 };
  return `bangui_session=${(await sessions.open(session)).cookie}`;
};

describe('typing the password again', () => {
  const confirm = (cookie: string, given: string) =>
    server.app.inject({
      method: 'POST',
      url: '/api/v1/auth/confirm',
      headers: { cookie, 'x-bangui-request': '1', 'content-type': 'application/json' },
      payload: JSON.stringify({ password: given }),
    });
  const isConfirmed = (cookie: string) => sessions.isConfirmed(cookie.split('=')[1]);

  test('holds for five minutes, in this session only', async () => {
    const [here, there] = [await signedIn(), await signedIn()];
    expect(await isConfirmed(here)).toBe(false);
    expect((await confirm(here, password)).statusCode).toBe(204);
    expect([await isConfirmed(here), await isConfirmed(there)]).toEqual([true, false]);
    time += 299_999;
    expect(await isConfirmed(here)).toBe(true);
    time += 1;
    expect(await isConfirmed(here)).toBe(false);
    expect(await sessions.isConfirmed('made.up')).toBe(false);
    expect(await sessions.isConfirmed(undefined)).toBe(false);
  });

  test('a wrong one is refused, written down, and leaves the session open; guessing is slowed', async () => {
    const cookie = await signedIn();
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await confirm(cookie, 'wrong')).statusCode);
    expect(statuses).toEqual([403, 403, 403, 429]);
    expect((await confirm(cookie, password)).statusCode).toBe(429);
    expect([await isConfirmed(cookie), (await sessions.identify(cookie.split('=')[1])) !== null]).toEqual([
      false,
      true,
    ]);
    const audited = await database.db.selectFrom('audit').select(['actor', 'action', 'outcome']).execute();
    expect(audited).toContainEqual({ actor: 'admin', action: 'session.confirm', outcome: 'refused' });
  });

  test('needs a session', async () => {
    expect((await confirm('', password)).statusCode).toBe(401);
  });
});
