/** Why a ban happened, asked about bans that a real fail2ban made of real lines with its real sshd filter. */
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { until } from '../../../test/bangui.ts';
import { onPostgres } from '../../../test/servers/test-databases.ts';
import { startMirrored, type Mirrored } from '../../../test/mirrored.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { locateJail } from '../../host/config/locate.ts';
import { createRegexEngine } from '../../host/regex/match-lines.ts';
import type { Database } from '../../platform/db/schema.ts';
import { placeOf } from '../../platform/geo/place.ts';
import { whyBanned } from './contract.ts';
import { createIgnoreLists } from './ignored.ts';
import { createSettingsRecord, settingsAt } from './settings-record.ts';
import { explainBan, type Why } from './why.ts';

const engine = createRegexEngine({ program: null });
let run: Mirrored;
let ids = 0;

beforeAll(async () => {
  run = await startMirrored({
    jails: `[slow]
enabled = true
filter = slow
logpath = /dev/null
`,
    files: {
      'filter.d/slow.conf': '[Definition]\nfailregex = ^(a+)+b <HOST>\n            failed from <HOST>$\n',
    },
  });
  // Months are made by what writes the history.
  if (onPostgres()) {
    for (const table of ['history', 'history_lines']) {
      await sql`CREATE TABLE ${sql.table(`${table}_rest`)} PARTITION OF ${sql.table(table)} DEFAULT`.execute(
        run.database.db,
      );
    }
  }
});
afterAll(async () => {
  await engine.close();
  await run.close();
});

const stored = z.object({
  matches: z
    .array(z.union([z.string(), z.array(z.string())]))
    .transform((all) => all.map((one) => (typeof one === 'string' ? one : one.join('')))),
  failures: z.number(),
});

/** What fail2ban's database says of the newest ban of an address. */
function bannedRow(ip: string) {
  const file = new DatabaseSync(run.fail2ban.databaseFile, { readOnly: true });
  try {
    const row = file
      .prepare(
        'SELECT timeofban, bantime, bancount, CAST(data AS TEXT) AS data FROM bans WHERE ip = ? ORDER BY rowid DESC',
      )
      .get(ip);
    if (row === undefined) return null;
    const { matches, failures } = stored.parse(JSON.parse(String(row['data'])));
    return {
      at: Number(row['timeofban']) * 1000,
      seconds: Number(row['bantime']),
      ban_count: Number(row['bancount']),
      failures,
      lines: matches,
    };
  } finally {
    file.close();
  }
}

type Told = Partial<Database['history']> & { lines?: readonly string[] };

async function write(ip: string, { lines = [], ...told }: Told = {}): Promise<number> {
  const at = told.at ?? Date.now();
  const id = at * 1024 + (ids += 1);
  const ban = {
    host_id: 'local',
    jail: 'sshd',
    ip,
    action: 'ban',
    at,
    fail2ban_at: null,
    heard_at: null,
    seconds: 600,
  };
  const rest = {
    ban_count: 1,
    failures: 0,
    origin: 'own',
    actor: null,
    reason: null,
    again: 0,
    country: 'unknown',
    asn: 0,
  };
  await run.database.db
    .insertInto('history')
    .values({ ...ban, ...rest, ...told, id })
    .execute();
  if (lines.length > 0)
    await run.database.db
      .insertInto('history_lines')
      .values({ id, lines: JSON.stringify(lines) })
      .execute();
  return id;
}

/** Bans an address with its log lines, and writes the ban to the history as fail2ban stored it. */
async function banned(jail: 'sshd' | 'incr' | 'web', ip: string, times = 3): Promise<number> {
  const before = bannedRow(ip)?.at ?? 0;
  await run.fail2ban.fail(jail, ip, times);
  await until('fail2ban has stored the ban', () => (bannedRow(ip)?.at ?? 0) > before);
  return await write(ip, { jail, ...bannedRow(ip) });
}

const deps = () => ({
  db: run.database.db,
  host: run.host,
  engine,
  places: (jail: string) => locateJail(run.fail2ban.configDir, jail),
  ignoreLists: createIgnoreLists({ host: run.host, now: systemClock }),
  locate: () => ({ ...placeOf('unknown'), range: '203.0.113.0/26' }),
});
const explain = async (id: number, other: Partial<ReturnType<typeof deps>> = {}): Promise<Why> =>
  whyBanned.output.parse(await explainBan({ ...deps(), ...other }, id));

test('the lines, the expression of the filter’s file that matched them, the settings and their places', async () => {
  const why = await explain(await banned('sshd', '203.0.113.7'));
  expect(why.limit).toBeNull();
  expect(why.lines).toHaveLength(3);
  for (const line of why.lines) {
    expect(line.text).toContain('Failed password for root from 203.0.113.7');
    expect(line.expression).toBe(0);
    expect(line.text.slice(...(line.address ?? [0, 0]))).toBe('203.0.113.7');
    expect(Math.abs(Date.parse(line.at ?? '') - Date.now())).toBeLessThan(60_000);
  }
  expect(why.expressions).toEqual([
    {
      regex: expect.stringMatching(/^\^Failed <cmnfailed> for .* from <HOST>/),
      file: `${run.fail2ban.configDir}/filter.d/sshd.conf`,
      line: 44,
      lines: 3,
    },
  ]);
  const file = `${run.fail2ban.configDir}/jail.local`;
  expect(why.settings).toMatchObject({
    recorded_at: null,
    maxretry: { value: '3', file, line: 8 },
    findtime: { value: '10m', file, line: 7 },
    bantime: { value: '10m', file, line: 6 },
    filter: { value: 'sshd[mode=normal]', file: `${run.fail2ban.configDir}/jail.conf` },
  });
  expect(why.within_seconds).toBe(0);
  expect(why.duration).toBe('10m: the jail’s ban time.');
  expect(why.prevention).toEqual([
    { kind: 'ignore', sentence: expect.any(String), value: '203.0.113.7' },
    { kind: 'ignore', sentence: expect.any(String), value: '203.0.113.0/26' },
    { kind: 'maxretry', sentence: expect.stringContaining('above 3 failures'), value: 'maxretry = 4' },
  ]);
});

test('failures spread over time name the find time that would not have led to a ban', async () => {
  const at = new Date(2026, 10, 22, 12, 0, 0);
  const lines = [0, 100, 200].map((seconds) => {
    const clock = new Date(at.getTime() + seconds * 1000).toTimeString().slice(0, 8);
    return `Nov 22 ${clock} host sshd[9]: Failed password for root from 203.0.113.8 port 1 ssh2`;
  });
  const why = await explain(await write('203.0.113.8', { at: at.getTime() + 200_000, failures: 3, lines }));
  expect(why.lines.map((line) => line.at)).toEqual(
    [0, 100, 200].map((seconds) => new Date(at.getTime() + seconds * 1000).toISOString()),
  );
  expect(why.within_seconds).toBe(200);
  expect(why.prevention.at(-1)).toMatchObject({ kind: 'findtime', value: 'findtime = 2m 29s' });
});

test('a ban that grew says how, and one with other lines names each expression', async () => {
  const id = await write('203.0.113.9', {
    jail: 'incr',
    seconds: 40,
    ban_count: 3,
    failures: 2,
    lines: [
      'Nov 22 12:00:00 host sshd[9]: Invalid user x from 203.0.113.9 port 1',
      'Nov 22 12:00:05 host sshd[9]: Failed password for invalid user x from 203.0.113.9 port 1 ssh2',
      'Nov 22 12:00:06 host CRON[9]: something that no filter knows',
    ],
  });
  const why = await explain(id);
  expect(why.duration).toBe('40s = 5s × 8; this was the 3rd ban of this address.');
  expect(why.lines.map((line) => line.expression)).toEqual([1, 0, null]);
  expect(why.expressions.map((one) => one.line)).toEqual([44, 46]);
  expect((await explain(await write('203.0.113.9', { jail: 'incr', seconds: 5 }))).duration).toContain(
    'first ban',
  );
});

test('an address that is ignored by now is said to be', async () => {
  const id = await write('127.0.0.5', {
    lines: ['Nov 22 12:00:00 host sshd[9]: Invalid user x from 127.0.0.5'],
  });
  expect((await explain(id)).prevention[0]).toMatchObject({
    kind: 'ignore',
    sentence: expect.stringContaining('127.0.0.0/8'),
    value: null,
  });
});

test('what was made by hand, what stood on a list, what has no lines, and what is no ban', async () => {
  const manual = await explain(
    await write('203.0.113.10', { origin: 'manual', actor: 'marta', seconds: -1 }),
  );
  expect(manual).toMatchObject({
    limit: expect.stringContaining('by marta'),
    duration: 'Permanent: manual ban by marta.',
  });
  expect(manual.prevention).toEqual([]);
  const listed = await explain(await write('203.0.113.11', { origin: 'blocklist' }));
  expect(listed.limit).toContain('blocklist');
  const bare = await explain(await write('203.0.113.12'));
  expect(bare).toMatchObject({
    lines: [],
    within_seconds: null,
    limit: 'fail2ban kept no lines of this ban.',
  });
  await expect(explain(await write('203.0.113.12', { action: 'unban' }))).rejects.toMatchObject({
    status: 404,
  });
  await expect(explain(5)).rejects.toMatchObject({ status: 404 });
});

test('without fail2ban’s program, with a filter that explodes, for a jail that is gone: all else is still told', async () => {
  const line = 'Nov 22 12:00:00 host sshd[9]: Invalid user x from 203.0.113.13';
  const id = await write('203.0.113.13', { lines: [line] });
  const without = createRegexEngine({ program: '/nowhere/fail2ban-regex' });
  const missing = await explain(id, { engine: without });
  expect(missing).toMatchObject({ lines: [{ text: line, expression: null }], expressions: [] });
  expect(missing.limit).toContain('/nowhere/fail2ban-regex');
  expect(missing.settings.maxretry?.value).toBe('3');

  const slow = await explain(
    await write('203.0.113.14', { jail: 'slow', lines: [`${'a'.repeat(50)} failed from 203.0.113.14`] }),
  );
  expect(slow.limit).toContain('so much time');
  expect(slow.expressions).toMatchObject([{ regex: 'failed from <HOST>$', line: 3, lines: 1 }]);

  const gone = await explain(await write('203.0.113.15', { jail: 'gone', lines: [line] }));
  expect(gone).toMatchObject({
    limit: expect.stringContaining('gone any more'),
    settings: { maxretry: null },
  });
});

test('hostile lines are told as they are', async () => {
  const lines = [
    'Nov 22 12:00:00 host sshd[9]: Invalid user <script>alert(1)</script> from 203.0.113.16',
    '=HYPERLINK("http://x")\u001b[31m\u0000\ud800',
    `Nov 22 12:00:00 host sshd[9]: Invalid user ${'🐟'.repeat(20_000)} from 203.0.113.16 port 1`,
  ];
  const why = await explain(await write('203.0.113.16', { lines }));
  expect(why.lines.map((line) => line.text)).toEqual(lines);
  expect(why.lines.map((line) => line.expression)).toEqual([0, null, 0]);
  expect(lines[2]?.slice(...(why.lines[2]?.address ?? [0, 0]))).toBe('203.0.113.16');
});

test('an old ban is explained with the settings of its time', async () => {
  const { db } = run.database;
  const record = createSettingsRecord({
    db,
    host: run.host,
    now: systemClock,
    log: silentLog,
    rereadMs: 200,
  });
  const at = () => ({ hostId: 'local', jail: 'sshd', at: Date.now() });
  const rows = async () =>
    Number((await db.selectFrom('jail_settings').selectAll().where('jail', '=', 'sshd').execute()).length);
  await record.start(run.fence);
  await until('the settings are recorded', async () => (await settingsAt(db, at())) !== null);
  const before = await write('203.0.113.20', {
    lines: ['Nov 22 12:00:00 host sshd[9]: Invalid user x from 203.0.113.20'],
  });
  await run.fail2ban.client('set', 'sshd', 'maxretry', '7');
  await run.fail2ban.client('set', 'sshd', 'addfailregex', '^only since then <HOST>$');
  await run.host.refresh();
  await until(
    'the change is recorded',
    async () => {
      const now = (await settingsAt(db, at()))?.settings;
      return now?.maxretry === 7 && now.filter.expressions.some((one) => one.includes('only since then'));
    },
    45_000,
  );
  const after = await write('203.0.113.20', {
    lines: ['Nov 22 12:00:00 host sshd[9]: only since then 203.0.113.20'],
  });

  const old = await explain(before);
  expect(old.settings.recorded_at).not.toBeNull();
  expect(old.settings.maxretry).toMatchObject({ value: '3', line: 8 });
  const late = await explain(after);
  expect(late.settings.maxretry).toEqual({ value: '7', file: null, line: null });
  expect(late.expressions).toMatchObject([
    { regex: expect.stringContaining('only since then'), file: null, lines: 1 },
  ]);

  const count = await rows();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await rows()).toBe(count);
  await record.stop();
  // Of a jail that is gone it still tells.
  await run.fail2ban.client('stop', 'sshd');
  await run.host.refresh();
  expect((await explain(before)).expressions).toMatchObject([{ lines: 1, line: 46 }]);
});
