/** The real process: how it starts, refuses to start, and ends. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from './base/log.ts';
import { openDatabase } from './platform/db/open.ts';
import { databaseEnvironment, dropDatabaseOf, onPostgres } from '../test/servers/test-databases.ts';

let folder = '';
let database: Record<string, string> = {};
const children: Launched[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-main-'));
  database = await databaseEnvironment(folder);
});
afterEach(async () => {
  for (const one of children.splice(0)) {
    one.child.kill('SIGKILL');
    await one.ended;
  }
  if (onPostgres()) await dropDatabaseOf(folder);
  rmSync(folder, { recursive: true, force: true });
});

type Line = Readonly<Record<string, unknown>>;

interface Launched {
  child: ChildProcessWithoutNullStreams;
  lines: Line[];
  ended: Promise<unknown>;
  /** The first line of this event; throws when the process ends without it. */
  until(event: string): Promise<Line>;
  /** Everything on standard error. */
  said(): string;
  events(): unknown[];
}

function launch(
  environment: Record<string, string> = {},
  file = 'src/main.ts',
  words: string[] = [],
): Launched {
  const child = spawn(process.execPath, [file, ...words], {
    env: {
      PATH: process.env['PATH'],
      BANGUI_PORT: '0',
      BANGUI_DATABASE_PATH: join(folder, 'data', 'bangui.db'),
      BANGUI_FAIL2BAN_SOCKET: join(folder, 'none.sock'),
      BANGUI_PRACTICE: 'never',
      ...database,
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: Line[] = [];
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'close').then(([code]: unknown[]) => code);
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    const parsed: unknown = line.startsWith('{') ? JSON.parse(line) : { text: line };
    if (typeof parsed === 'object' && parsed !== null) lines.push({ ...parsed });
  });
  const until = async (event: string): Promise<Line> => {
    for (;;) {
      const found = lines.find((line) => line['event'] === event);
      if (found !== undefined) return found;
      const more = once(reader, 'line').then(() => true);
      if (!(await Promise.race([more, ended.then(() => false)]))) throw new Error(`no ${event}: ${said}`);
    }
  };
  const one = {
    child,
    lines,
    ended,
    until,
    said: () => said,
    events: () => lines.map((line) => line['event']),
  };
  children.push(one);
  return one;
}
const files = (): string[] =>
  existsSync(join(folder, 'data')) ? readdirSync(join(folder, 'data')).toSorted() : [];
const lockRows = async () => {
  const url = database['BANGUI_DATABASE_URL'];
  const at = url === undefined ? { path: join(folder, 'data', 'bangui.db') } : { url };
  const { db, close } = await openDatabase({ ...at, log: silentLog, now: Date.now });
  const rows = await db.selectFrom('scheduler_lock').selectAll().execute();
  await close();
  return rows;
};
const urlOf = async (one: Launched) => String((await one.until('bangui_ready'))['url']);
const health = async (url: string) => {
  const body: unknown = await (await fetch(`${url}/api/v1/health`)).json();
  return body;
};
const atOnceOrSoon = async (ask: () => Promise<boolean>) => {
  while (!(await ask())) await new Promise((resolve) => setTimeout(resolve, 20));
};

const shutdown = [
  ['bangui_shutting_down', { timeout_seconds: 25 }],
  ['scheduler_stopped_accepting_jobs', {}],
  // the first jobs may be under way
  ['waiting_for_pending_tasks', { count: expect.any(Number), timeout_seconds: 25 }],
  ['pending_tasks_completed', {}],
  ['http_session_closed', {}],
  ['external_logging_shutdown_complete', {}],
  ['scheduler_lock_released', {}],
  ['bangui_shut_down', {}],
] as const;

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s gives the whole shutdown in order and exit code 0',
  async (signal) => {
    const one = launch();
    const url = await urlOf(one);
    expect((await fetch(`${url}/api/v1/health/ready`)).status).toBe(200);
    one.child.kill(signal);
    expect(await one.ended).toBe(0);
    const promised: unknown[] = shutdown.map(([event]) => event);
    const told = one.lines.filter((line) => promised.includes(line['event']));
    expect(told).toMatchObject(shutdown.map(([event, fields]) => ({ event, ...fields })));
    expect(one.events().at(-1)).toBe('bangui_shut_down');
    // No open handle left its files behind.
    expect(files()).toEqual(onPostgres() ? ['blocklists'] : ['bangui.db', 'blocklists', 'session-secret']);
    expect(await lockRows()).toEqual([]);
  },
);

test('the same wish twice is one shutdown', async () => {
  const one = launch();
  await urlOf(one);
  one.child.kill('SIGINT');
  one.child.kill('SIGTERM');
  expect(await one.ended).toBe(0);
  expect(one.events().filter((event) => event === 'bangui_shutting_down')).toHaveLength(1);
});

test('a signal while it starts is honoured too', async () => {
  const one = launch();
  await one.until('bangui_starting_up');
  one.child.kill('SIGTERM');
  expect(await one.ended).toBe(0);
  expect(one.events().at(-1)).toBe('bangui_shut_down');
});

test('an open stream and an idle connection do not hold up the end', async () => {
  const one = launch();
  const url = await urlOf(one);
  const post = (path: string, body: unknown) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await post('/api/v1/setup', { password: 'correct horse battery' })).status).toBe(201);
  const reply = await post('/api/v1/auth/login', { password: 'correct horse battery' });
  const cookie = reply.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const stream = await fetch(`${url}/api/v1/live`, { headers: { cookie } });
  expect(stream.status).toBe(200);
  one.child.kill('SIGTERM');
  await stream.text();
  expect(await one.ended).toBe(0);
});

test('starts without fail2ban, says so, and serves', async () => {
  const one = launch();
  const url = await urlOf(one);
  expect(await health(url)).toMatchObject({
    status: 'unavailable',
    components: { scheduler: { status: 'running' } },
  });
  expect(one.lines.find((line) => line['event'] === 'fail2ban_socket_missing')?.['level']).toBe('warning');
});

test('the code for set-up from another machine is in the log only while set-up is open', async () => {
  const one = launch();
  const url = await urlOf(one);
  const { code } = await one.until('setup_code');
  const reply = await fetch(`${url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.1' },
    body: JSON.stringify({ password: 'correct horse battery', code }),
  });
  expect(reply.status).toBe(201);
  one.child.kill('SIGTERM');
  await one.ended;
  const again = launch();
  await urlOf(again);
  expect(again.events()).not.toContain('setup_code');
});

test('killed with -9, the next start is clean and runs jobs at once', async () => {
  const one = launch();
  await urlOf(one);
  one.child.kill('SIGKILL');
  await one.ended;
  const again = launch();
  expect(await health(await urlOf(again))).toMatchObject({
    components: { scheduler: { status: 'running' } },
  });
  expect(await again.until('scheduler_lock_acquired')).toMatchObject({ after: 'holder_gone' });
});

test('a second instance refuses to start and names the first', async () => {
  const one = launch();
  await urlOf(one);
  const second = launch();
  expect(await second.ended).toBe(1);
  expect(second.said()).toContain(`process ${one.child.pid}`);
  expect(second.events()).toContain('scheduler_lock_held_by_other_instance');
});

test('a standby serves, and takes over within seconds of the end of the first', async () => {
  const one = launch();
  await urlOf(one);
  const standby = launch({ BANGUI_SCHEDULER_LOCK_MODE: 'standby' });
  const url = await urlOf(standby);
  expect(await health(url)).toMatchObject({ components: { scheduler: { status: 'standby' } } });
  one.child.kill('SIGTERM');
  await one.ended;
  await standby.until('scheduler_lock_acquired');
  await atOnceOrSoon(async () => JSON.stringify(await health(url)).includes('"running"'));
});

test('a taken port is one plain sentence and exit code 1, and gives the lock back', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = String(typeof address === 'object' ? address?.port : '');
  const one = launch({ BANGUI_PORT: port });
  expect(await one.ended).toBe(1);
  expect(one.said()).toBe(
    `Port ${port} on 127.0.0.1 is taken by another program. End that program, or set BANGUI_PORT.\n`,
  );
  expect(one.events()).toContain('scheduler_lock_released');
  other.close();
});

test('mistakes in the settings are all told, with exit code 1', async () => {
  const one = launch({ BANGUI_PORT: 'x', BANGUI_LOG_LEVEL: 'loud', BANGUI_CORS_ALLOWED_ORIGINS: '*' });
  expect(await one.ended).toBe(1);
  for (const name of ['BANGUI_PORT', 'BANGUI_LOG_LEVEL', 'BANGUI_CORS_ALLOWED_ORIGINS']) {
    expect(one.said()).toContain(name);
  }
});

test('a forgotten password is replaced from the command line while BanGUI runs', async () => {
  const one = launch();
  const url = await urlOf(one);
  const post = async (path: string, body: unknown) =>
    (
      await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).status;
  const reset = async (password: string) => {
    const command = launch({}, 'src/cli.ts', ['reset-password']);
    command.child.stdin.end(`${password}\n`);
    return command.ended;
  };
  expect(await reset('another horse battery')).toBe(1);
  expect(await post('/api/v1/setup', { password: 'correct horse battery' })).toBe(201);
  expect(await reset('short')).toBe(1);
  expect(await reset('another horse battery')).toBe(0);
  expect(await post('/api/v1/auth/login', { password: 'correct horse battery' })).toBe(401);
  expect(await post('/api/v1/auth/login', { password: 'another horse battery' })).toBe(200);
});

test('an unknown command lists the known ones', async () => {
  const command = launch({}, 'src/cli.ts', ['toString']);
  expect(await command.ended).toBe(2);
  expect(command.said()).toContain('reset-password');
});
