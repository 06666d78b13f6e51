/** PostgreSQL away for a while: BanGUI says so, stays alive, and goes on by itself. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBangui, until, type RunningBangui } from '../bangui.ts';
import { signIn } from '../operator.ts';
import { startPostgres, type RunningPostgres } from '../servers/postgres.ts';

let server: RunningPostgres;
let admin: pg.Client;
let bangui: RunningBangui;

beforeAll(async () => {
  server = await startPostgres();
  admin = new pg.Client(await server.database('postgres'));
  await admin.connect();
  bangui = await startBangui({
    socket: '/nowhere/fail2ban.sock',
    env: {
      BANGUI_DATABASE_URL: await server.database('bangui'),
      BANGUI_SESSION_SECRET: 'a secret of the tests, 32 or more',
    },
  });
}, 60_000);
afterAll(async () => {
  await bangui.dispose();
  await admin.end();
  await server.stop();
});

test('an outage is told, ends nobody’s session, and is over when the server is back', async () => {
  const operator = await signIn(bangui.url);
  const database = async () => JSON.stringify((await operator.get('/api/v1/health')).body);
  const ready = async () => (await operator.get('/api/v1/health/ready')).status;
  await until('the database is well', async () => (await database()).includes('"database":{"status":"ok"'));

  await admin.query('ALTER DATABASE bangui ALLOW_CONNECTIONS false');
  await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'bangui'");
  await until('health says so', async () => (await database()).includes('"database":{"status":"failed"'));
  expect(await ready()).toBe(503);
  expect((await operator.get('/api/v1/health/live')).status).toBe(200);
  const failed = await operator.get('/api/v1/bans/active');
  expect(failed.status).toBeGreaterThanOrEqual(500);

  await admin.query('ALTER DATABASE bangui ALLOW_CONNECTIONS true');
  await until('the database is well again', async () => (await ready()) === 200);
  expect((await operator.get('/api/v1/bans/active')).status).toBe(200);
  expect(bangui.lines.some(({ event }) => event === 'uncaught_exception')).toBe(false);
});
