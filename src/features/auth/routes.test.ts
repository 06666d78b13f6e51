/** Signing in and out over HTTP, with the real guard, database and passwords. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { ownRateLimiter, ownThrottle } from '../../../test/limits.ts';
import { parseAddress } from '../../base/address.ts';
import { silentLog } from '../../base/log.ts';
import { createAudit } from '../../platform/audit.ts';
import { createServer, type Server } from '../../platform/http/server.ts';
import { hashToken } from './cookie-value.ts';
import { createPasswords } from './passwords.ts';
import { resetPassword } from './reset-password.ts';
import { authRoutes } from './routes.ts';
import { createSessions, type Sessions } from './sessions.ts';

const password = 'correct horse battery';
const passwords = createPasswords();
const secretA = 'a'.repeat(40);
const secretB = 'b'.repeat(40);

let database: TemporaryDatabase;
let server: Server;
let sessions: Sessions;
let time = 0;
/** Endings that other instances hear of. */
let told: string[] = [];
const now = () => time;

interface RigOptions {
  secrets?: readonly [string, ...string[]];
  cacheMs?: number;
  secure?: boolean;
  perMinute?: number;
}

async function start({
  secrets = [secretA],
  cacheMs = 10_000,
  secure = true,
  perMinute = 10,
}: RigOptions = {}) {
  await server?.close(500);
  const { db } = database;
  sessions = createSessions({ db, secrets, cacheMs, tell: (sessionId) => told.push(sessionId), now });
  server = await createServer({
    log: silentLog,
    identify: sessions.identify,
    limiter: ownRateLimiter({ perMinute: 10_000, now }),
    trustedProxies: [parseAddress('10.0.0.0/8') ?? expect.fail()],
    allowedOrigins: [],
    pages: '/nowhere',
    version: '0',
  });
  authRoutes({
    mount: server.mount,
    db,
    sessions,
    passwords,
    throttle: ownThrottle({ perMinute, now }),
    audit: createAudit({ db, now }),
    now,
    cookie: { secure, sameSite: 'lax' },
    preferences: async () => ({ sessionMinutes: 60, timezone: 'Europe/Berlin' }),
  });
}

beforeEach(async () => {
  time = 1_700_000_000_000;
  told = [];
  database = await temporaryDatabase();
  const user = { name: 'admin', role: 'admin', created_at: time, password_changed_at: time };
  await database.db
    .insertInto('users')
    .values({ ...user, password_hash: await passwords.hash(password) })
    .execute();
  await start();
});
afterEach(async () => {
  await server.close(500);
  await database.close();
});

interface LoginOptions {
  headers?: Record<string, string>;
  remoteAddress?: string;
}
const login = (body: unknown, { headers = {}, remoteAddress = '127.0.0.1' }: LoginOptions = {}) =>
  server.app.inject({
    method: 'POST',
    url: '/api/v1/auth/login',
    remoteAddress,
    headers: { host: 'localhost:8000', 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(body),
  });
const signedIn = async () => {
  const reply = await login({ password });
  expect(reply.statusCode).toBe(200);
  return `bangui_session=${reply.cookies[0]?.value ?? ''}`;
};
const who = (cookie: string) => server.app.inject({ url: '/api/v1/auth/session', headers: { cookie } });
const logout = (cookie: string, payload?: unknown) =>
  server.app.inject({
    method: 'POST',
    url: '/api/v1/auth/logout',
    headers: { cookie, 'x-bangui-request': '1', 'content-type': 'application/json' },
    payload: payload === undefined ? '' : JSON.stringify(payload),
  });
const audited = async () =>
  (await database.db.selectFrom('audit').select(['actor', 'action', 'outcome']).execute()).map((row) => ({
    ...row,
  }));

describe('signing in', () => {
  test('the right password opens a session whose token is stored as a hash only', async () => {
    const reply = await login({ password, username: 'admin' });
    expect(reply.json()).toEqual({
      user: { name: 'admin', role: 'admin' },
      expires_at: new Date(time + 3_600_000).toISOString(),
      timezone: 'Europe/Berlin',
    });
    const [cookie] = reply.cookies;
    expect(cookie).toMatchObject({
      name: 'bangui_session',
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
      maxAge: 3600,
    });
    const [token = ''] = (cookie?.value ?? '').split('.');
    const rows = await database.db.selectFrom('sessions').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect((await who(`bangui_session=${cookie?.value}`)).json()).toEqual(reply.json());
  });

  test('a wrong password and an unknown name are answered alike, and both are written down', async () => {
    const wrong = await login({ password: 'wrong wrong wrong' });
    const unknown = await login({ password, username: 'root' });
    const bare = (reply: typeof wrong) => ({ ...reply.json(), correlation_id: null });
    expect([wrong.statusCode, bare(wrong)]).toEqual([unknown.statusCode, bare(unknown)]);
    expect(wrong.statusCode).toBe(401);
    expect(await audited()).toEqual([
      { actor: 'admin', action: 'session.open', outcome: 'refused' },
      { actor: 'root', action: 'session.open', outcome: 'refused' },
    ]);
  });

  test.each([
    {},
    { password: '' },
    { password: 5 },
    { password: ['x'] },
    { password: 'x'.repeat(129) },
    { password, username: 'x'.repeat(5000) },
    { password, username: { $ne: null } },
    { password, username: 'admin\0' },
    [],
    'text',
    null,
  ])('hostile input %# is wrong input', async (body) => {
    expect((await login(body)).statusCode).toBe(422);
  });

  test.each(["admin' OR '1'='1", 'ADMIN', ' admin', '../admin'])(
    'the name %j is nobody',
    async (username) => {
      expect((await login({ password, username })).statusCode).toBe(401);
    },
  );

  test('a composed and a decomposed letter are the same password', async () => {
    const hash = await passwords.hash('Pässwörter sind so'.normalize('NFD'));
    expect(await passwords.verify(hash, 'Pässwörter sind so'.normalize('NFC'))).toBe(true);
  });

  test('signing in again replaces the session of the same browser', async () => {
    const first = await signedIn();
    const reply = await login({ password }, { headers: { cookie: first, 'x-bangui-request': '1' } });
    expect(reply.statusCode).toBe(200);
    expect((await who(first)).statusCode).toBe(401);
  });
});

describe('the cookie', () => {
  const secureOf = async (options: LoginOptions) => {
    const reply = await login({ password }, options);
    return reply.statusCode === 200 ? (reply.cookies[0]?.secure ?? false) : reply.json().code;
  };
  test('is Secure, but for plain http to this machine', async () => {
    expect(await secureOf({})).toBe(false);
    expect(await secureOf({ headers: { host: 'bangui.example', 'x-forwarded-proto': 'https' } })).toBe(true);
    expect(await secureOf({ headers: { host: 'bangui.example', origin: 'https://bangui.example' } })).toBe(
      true,
    );
  });

  test('over plain http from another machine, sign-in says what to do', async () => {
    const reply = await login(
      { password },
      { headers: { host: '192.0.2.5:8000' }, remoteAddress: '192.0.2.9' },
    );
    expect([reply.statusCode, reply.json().code]).toEqual([403, 'secure_cookie_needs_https']);
    expect(reply.json().remedy).toContain('BANGUI_SESSION_COOKIE_SECURE=false');
    await start({ secure: false });
    expect(await secureOf({ headers: { host: '192.0.2.5:8000' } })).toBe(false);
  });

  test('cannot be invented, changed or signed by somebody else', async () => {
    const cookie = await signedIn();
    // the last letter holds four bits only: B would read as A does
    const flipped = cookie.endsWith('A') ? `${cookie.slice(0, -1)}Q` : `${cookie.slice(0, -1)}A`;
    const [token = ''] = cookie.split('.');
    for (const bad of [
      token,
      `${token}.`,
      flipped,
      `${cookie}x`,
      'bangui_session=',
      `bangui_session=${'a'.repeat(5000)}`,
    ]) {
      expect((await who(bad)).statusCode).toBe(401);
    }
    await start({ secrets: [secretB] });
    expect((await who(cookie)).statusCode).toBe(401);
  });

  test('stays valid while its secret is rotated out, and new ones use the new secret', async () => {
    const old = await signedIn();
    await start({ secrets: [secretB, secretA] });
    expect((await who(old)).statusCode).toBe(200);
    const fresh = await signedIn();
    await start({ secrets: [secretB] });
    expect([(await who(fresh)).statusCode, (await who(old)).statusCode]).toEqual([200, 401]);
  });
});

describe('the end of a session', () => {
  test('comes by itself, and the row is cleaned up', async () => {
    const cookie = await signedIn();
    time += 3_600_000;
    expect((await who(cookie)).statusCode).toBe(401);
    expect(await sessions.cleanUp(database.db)).toBe(1);
  });

  test('by signing out is at once, though sessions are kept in memory', async () => {
    const [here, there] = [await signedIn(), await signedIn()];
    expect((await who(here)).statusCode).toBe(200);
    const reply = await logout(here);
    expect([reply.statusCode, reply.cookies[0]?.value]).toEqual([204, '']);
    expect([(await who(here)).statusCode, (await who(there)).statusCode]).toEqual([401, 200]);
  });

  test('can be everywhere', async () => {
    const [here, there] = [await signedIn(), await signedIn()];
    const ended: string[] = [];
    sessions.onEnd((sessionId) => ended.push(sessionId));
    await logout(here, { everywhere: true });
    expect([(await who(here)).statusCode, (await who(there)).statusCode]).toEqual([401, 401]);
    expect(ended).toHaveLength(2);
    expect(told.toSorted()).toEqual(ended.toSorted());
  });

  test('by another instance is noticed within the time of the cache', async () => {
    const cookie = await signedIn();
    expect((await who(cookie)).statusCode).toBe(200);
    await database.db.deleteFrom('sessions').execute();
    expect((await who(cookie)).statusCode).toBe(200);
    time += 10_000;
    expect((await who(cookie)).statusCode).toBe(401);
  });

  test('that another instance tells of is noticed at once, and not told back to it', async () => {
    const cookie = await signedIn();
    const ended: string[] = [];
    sessions.onEnd((sessionId) => ended.push(sessionId));
    const [row] = await database.db.selectFrom('sessions').select('token_hash').execute();
    expect((await who(cookie)).statusCode).toBe(200);
    await database.db.deleteFrom('sessions').execute();
    sessions.endedElsewhere(row?.token_hash ?? '');
    expect((await who(cookie)).statusCode).toBe(401);
    expect([ended, told]).toEqual([[row?.token_hash], []]);
  });

  test('that may have been missed is looked up again', async () => {
    const [gone, kept] = [await signedIn(), await signedIn()];
    expect([(await who(gone)).statusCode, (await who(kept)).statusCode]).toEqual([200, 200]);
    const token = gone.split('=')[1]?.split('.')[0] ?? '';
    await database.db.deleteFrom('sessions').where('token_hash', '=', hashToken(token)).execute();
    sessions.doubt();
    expect([(await who(gone)).statusCode, (await who(kept)).statusCode]).toEqual([401, 200]);
  });

  test('that comes by itself is no news to others', async () => {
    await signedIn();
    time += 3_600_000;
    await sessions.cleanUp(database.db);
    expect(told).toEqual([]);
  });

  test('is noticed at once when sessions are not kept in memory', async () => {
    await start({ cacheMs: 0 });
    expect(sessions.cache).toBe('disabled');
    const cookie = await signedIn();
    expect((await who(cookie)).statusCode).toBe(200);
    await database.db.deleteFrom('sessions').execute();
    expect((await who(cookie)).statusCode).toBe(401);
  });

  test('a reset of the password ends them all and lets only the new one in', async () => {
    const cookie = await signedIn();
    const deps = {
      db: database.db,
      audit: createAudit({ db: database.db, now }),
      now,
      hashPassword: passwords.hash,
    };
    expect(await resetPassword(deps, 'short')).toBe('too_short');
    expect(await resetPassword(deps, 'another horse battery')).toBe('done');
    time += 10_000;
    expect((await who(cookie)).statusCode).toBe(401);
    expect((await login({ password })).statusCode).toBe(401);
    expect((await login({ password: 'another horse battery' })).statusCode).toBe(200);
  });
});

describe('guessing', () => {
  const guess = async (remoteAddress: string, headers: Record<string, string> = {}) => {
    const reply = await login({ password: 'wrong wrong wrong' }, { remoteAddress, headers });
    return { status: reply.statusCode, wait: z.coerce.number().catch(0).parse(reply.headers['retry-after']) };
  };

  test('waits longer each time, is told how long, and is never held open', async () => {
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      const { status, wait } = await guess('192.0.2.1');
      if (status === 429) {
        waits.push(wait);
        time += wait * 1000;
      } else expect(status).toBe(401);
    }
    expect(waits).toEqual([1, 2, 4]);
    expect(await guess('192.0.2.1')).toEqual({ status: 429, wait: 8 });
  });

  test('even the right password waits; a right one afterwards clears the slate', async () => {
    for (let i = 0; i < 3; i++) await guess('127.0.0.1');
    expect((await login({ password })).statusCode).toBe(429);
    time += 1000;
    expect((await login({ password })).statusCode).toBe(200);
    expect((await guess('127.0.0.1')).status).toBe(401);
  });

  test('side by side counts as well', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => guess('192.0.2.1')));
    expect(replies.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(3);
  });

  test('does not slow other clients, nor those behind the same trusted proxy', async () => {
    for (let i = 0; i < 4; i++) await guess('10.0.0.1', { 'x-forwarded-for': '203.0.113.5' });
    expect((await guess('10.0.0.1', { 'x-forwarded-for': '203.0.113.5' })).status).toBe(429);
    expect((await guess('10.0.0.1', { 'x-forwarded-for': '203.0.113.6' })).status).toBe(401);
  });

  test('cannot hide behind invented forwarding headers', async () => {
    const statuses = [];
    for (let i = 0; i < 5; i++)
      statuses.push((await guess('192.0.2.1', { 'x-forwarded-for': `203.0.113.${i}` })).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
  });

  test('is bound by the limit a minute even when waiting is done', async () => {
    await start({ perMinute: 2 });
    expect([(await guess('192.0.2.1')).status, (await guess('192.0.2.1')).status]).toEqual([401, 401]);
    expect(await guess('192.0.2.1')).toEqual({ status: 429, wait: 30 });
  });
});
