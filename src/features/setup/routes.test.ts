/** Set-up over HTTP: once, atomically, and from another machine only with the code. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { ownRateLimiter, ownThrottle } from '../../../test/limits.ts';
import { silentLog } from '../../base/log.ts';
import type { HostStatus } from '../../host/host.ts';
import { createAudit } from '../../platform/audit.ts';
import { createServer, type Server } from '../../platform/http/server.ts';
import { createPasswords } from '../auth/passwords.ts';
import { readPreferences } from './preferences.ts';
import { setupRoutes } from './routes.ts';
import { isSetupCode, newSetupCode, sharedSetupCode } from './setup-code.ts';

const status: HostStatus = {
  state: 'refused',
  reason: 'It refuses us.',
  remedy: 'sudo it',
  version: null,
  upSince: null,
  jails: [],
  asOf: null,
  checkedAt: 1,
  since: 1,
  databaseFile: null,
  logTarget: null,
  logLevel: null,
  purgeSeconds: null,
};
const code = newSetupCode();
const now = Date.now;

let database: TemporaryDatabase;
let server: Server;
beforeEach(async () => {
  database = await temporaryDatabase();
  const { db } = database;
  server = await createServer({
    log: silentLog,
    identify: async () => null,
    limiter: ownRateLimiter({ perMinute: 10_000, now }),
    trustedProxies: [],
    allowedOrigins: [],
    pages: '/nowhere',
    version: '0',
  });
  const throttle = ownThrottle({ perMinute: 100, now });
  const hashPassword = createPasswords().hash;
  const audit = createAudit({ db, now });
  const deps = { mount: server.mount, db, audit, now, code, hashPassword, throttle };
  setupRoutes({ ...deps, status: () => status, practice: false });
});
afterEach(async () => {
  await server.close(500);
  await database.close();
});

const good = { password: 'correct horse battery' };
interface From {
  remoteAddress?: string;
  headers?: Record<string, string>;
}
const post = (body: unknown, { remoteAddress = '127.0.0.1', headers = {} }: From = {}) =>
  server.app.inject({
    method: 'POST',
    url: '/api/v1/setup',
    remoteAddress,
    headers: { host: 'localhost:8000', 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(body),
  });
const read = async (from: From = {}) =>
  (
    await server.app.inject({
      url: '/api/v1/setup',
      remoteAddress: from.remoteAddress ?? '127.0.0.1',
      headers: { host: 'localhost:8000', ...from.headers },
    })
  ).json();
const users = () => database.db.selectFrom('users').selectAll().execute();

test('before set-up the page learns what was found, afterwards nobody does', async () => {
  expect(await read()).toEqual({
    completed: false,
    code_required: false,
    found: {
      state: 'refused',
      reason: 'It refuses us.',
      remedy: 'sudo it',
      version: null,
      jails: 0,
      banned_now: 0,
      practice: false,
    },
  });
  expect((await post(good)).statusCode).toBe(201);
  expect(await read()).toEqual({ completed: true, code_required: null, found: null });
});

test('the password is stored as argon2id and what was chosen is kept', async () => {
  const reply = await post({ ...good, timezone: 'Asia/Tokyo', session_duration_minutes: 30 });
  expect([reply.statusCode, reply.json()]).toEqual([201, { completed: true }]);
  expect((await users()).map((user) => [user.name, user.role])).toEqual([['admin', 'admin']]);
  expect((await users())[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  const { db } = database;
  const stored = { timezone: 'Asia/Tokyo', sessionMinutes: 30 };
  expect(await readPreferences({ db, environmentMinutes: null, defaultMinutes: 480 })).toEqual(stored);
  expect(await readPreferences({ db, environmentMinutes: 5, defaultMinutes: 480 })).toMatchObject({
    sessionMinutes: 5,
  });
});

test('of many at once exactly one succeeds, and its password is the one that counts', async () => {
  const tries = Array.from({ length: 8 }, (_, i) => ({ password: `the password number ${i}` }));
  const replies = await Promise.all(tries.map((body) => post(body)));
  expect(replies.map((reply) => reply.statusCode).toSorted((a, b) => a - b)).toEqual([
    201,
    ...Array.from({ length: 7 }, () => 409),
  ]);
  const winner = tries[replies.findIndex((reply) => reply.statusCode === 201)];
  const [user, ...others] = await users();
  expect(others).toEqual([]);
  expect(await createPasswords().verify(user?.password_hash ?? null, winner?.password ?? '')).toBe(true);
});

test('a second set-up is a conflict', async () => {
  await post(good);
  const again = await post({ password: 'another horse battery' });
  expect([again.statusCode, again.json().code]).toEqual([409, 'already_set_up']);
});

test.each([
  { password: 'too short' },
  { password: 'x'.repeat(129) },
  { password: 123_456_789_012 },
  { ...good, timezone: 'Mars/Olympus' },
  { ...good, timezone: '+01:00' },
  { ...good, timezone: "Europe/Berlin'; DROP TABLE users" },
  { ...good, timezone: 'Europe/Berlin\0' },
  { ...good, session_duration_minutes: 0 },
  { ...good, session_duration_minutes: 1e9 },
  { ...good, session_duration_minutes: '60' },
  {},
  null,
])('hostile or wrong input %# is refused and leaves set-up open', async (body) => {
  expect((await post(body)).statusCode).toBe(422);
  expect(await users()).toEqual([]);
  expect((await post(good)).statusCode).toBe(201);
});

test.each<[string, From]>([
  ['another machine', { remoteAddress: '192.0.2.1' }],
  ['behind a proxy that is not trusted', { headers: { 'x-forwarded-for': '127.0.0.1' } }],
  ['a page whose name was pointed at us', { headers: { host: 'evil.example:8000' } }],
])('from %s the code of the log is needed', async (_name, from) => {
  expect((await read(from)).code_required).toBe(true);
  for (const wrong of [undefined, '', 'AAAA-AAAA', `${code}X`]) {
    const reply = await post({ ...good, code: wrong }, { remoteAddress: '192.0.2.77', ...from });
    expect([403, 429]).toContain(reply.statusCode);
    if (reply.statusCode === 403) expect(reply.json().code).toBe('setup_code_wrong');
  }
  expect(await users()).toEqual([]);
});

test('the code opens set-up from another machine, in any case and spacing', async () => {
  const given = code.toLowerCase().replace('-', ' ');
  expect((await post({ ...good, code: given }, { remoteAddress: '192.0.2.1' })).statusCode).toBe(201);
});

test('trying codes is slowed as signing in is', async () => {
  const statuses = [];
  for (let i = 0; i < 5; i++) {
    statuses.push((await post({ ...good, code: 'AAAA-AAAA' }, { remoteAddress: '192.0.2.1' })).statusCode);
  }
  expect(statuses).toEqual([403, 403, 403, 429, 429]);
});

test('codes differ, and have no letters that look alike', () => {
  const codes = new Set(Array.from({ length: 200 }, newSetupCode));
  expect(codes.size).toBe(200);
  for (const each of codes) expect(each).toMatch(/^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$/);
  expect(isSetupCode(undefined, code)).toBe(false);
});

test('instances that share the secret print the same code, others another one', () => {
  const shared = sharedSetupCode('a secret that the instances share, 32+');
  expect(shared).toMatch(/^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$/);
  expect(sharedSetupCode('a secret that the instances share, 32+')).toBe(shared);
  const others = new Set(Array.from({ length: 200 }, (_, n) => sharedSetupCode(`${n}`.repeat(40))));
  expect(others.size).toBe(200);
});
