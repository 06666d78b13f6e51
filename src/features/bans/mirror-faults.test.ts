/** The mirror when fail2ban, its log or its database fail, and in bulk. */
import { chmod, rename, stat, truncate, writeFile, appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../../../test/bangui.ts';
import { startMirrored, type Mirrored } from '../../../test/mirrored.ts';

const addresses = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => {
    const n = from + index;
    return `11.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  });

async function banAll(set: Mirrored, jail: string, ips: readonly string[]): Promise<void> {
  for (let at = 0; at < ips.length; at += 1000) {
    await set.fail2ban.client('set', jail, 'banip', ...ips.slice(at, at + 1000));
  }
}

async function withMirrored(
  options: Parameters<typeof startMirrored>[0],
  run: (set: Mirrored) => Promise<Mirrored | void>,
): Promise<void> {
  const set = await startMirrored(options);
  let last = set;
  try {
    last = (await run(set)) ?? set;
  } finally {
    await last.close();
  }
}

test('20,000 bans at once are all in the list, exactly, and gone again after unban --all', async () => {
  await withMirrored({}, async (set) => {
    await banAll(set, 'manual', addresses(20_000));
    const took = await set.untilEqual(20_000, 60_000);
    expect(took).toBeLessThan(30_000);
    // one by one only while a person could follow
    expect(set.announced.length).toBeLessThan(1000);
    await until(
      'all are read back from the database',
      async () => (await set.rows()).every((row) => row.confirmed === 1),
      60_000,
      250,
    );
    await set.fail2ban.client('unban', '--all');
    await set.untilEqual(0, 60_000);
  });
}, 180_000);

test('a large jail is read from fail2ban’s database at the start, and small ones from fail2ban', async () => {
  await withMirrored({}, async (set) => {
    await banAll(set, 'manual', addresses(3000));
    await banAll(set, 'sshd', addresses(20, 50_000));
    await set.untilEqual(3020, 60_000);
    await until(
      'the database has all',
      async () => (await set.rows()).every((row) => row.confirmed === 1),
      30_000,
      250,
    );
    await set.database.db.deleteFrom('active_bans').execute();
    const again = await set.restartMirror();
    expect(again.mirror.count(null)).toBe(3020);
    await again.untilEqual(3020);
    return again;
  });
}, 120_000);

test('bans ended while BanGUI was down are gone from the list after its start', async () => {
  await withMirrored({}, async (set) => {
    await set.fail2ban.client('set', 'manual', 'banip', ...addresses(5));
    await set.untilEqual(5);
    await set.mirror.stop();
    await set.fail2ban.client('set', 'manual', 'unbanip', '11.0.0.2');
    await set.fail2ban.client('set', 'manual', 'banip', '11.9.9.9');
    const again = await set.restartMirror();
    await again.untilEqual(5);
    return again;
  });
}, 60_000);

test('an orderly restart of fail2ban announces no ban and no end, and loses none from the list', async () => {
  await withMirrored({}, async (set) => {
    await set.fail2ban.client('set', 'manual', 'banip', ...addresses(10));
    await set.fail2ban.client('set', 'sshd', 'banip', '11.1.1.1');
    await set.untilEqual(11);
    await until('the database has all', async () => (await set.rows()).every((row) => row.confirmed === 1));
    const before = await set.rows();
    set.announced.length = 0;
    await set.fail2ban.stop();
    await until('it is missed', () => set.mirror.state().state === 'paused');
    expect(set.mirror.count(null)).toBe(11);
    await set.fail2ban.start();
    await set.untilEqual(11);
    expect(set.announced.filter((event) => event.type === 'ban' || event.type === 'unban')).toEqual([]);
    const end = before.at(-1)?.expires_at ?? 0;
    await until('a restored ban carries its own duration, and ends when it would have ended', async () => {
      const row = (await set.rows('sshd'))[0];
      return row?.own_duration === 1 && Math.abs(row.expires_at - end) < 1500;
    });
  });
}, 90_000);

test('after kill -9 and a new start the list is fail2ban’s', async () => {
  await withMirrored({}, async (set) => {
    await set.fail2ban.client('set', 'manual', 'banip', ...addresses(10));
    await set.untilEqual(10);
    await set.fail2ban.kill();
    await set.fail2ban.start();
    await set.untilEqual(undefined, 30_000);
    await set.fail2ban.client('set', 'manual', 'unbanip', '11.0.0.3');
    await set.untilEqual(undefined);
    expect(await set.listed()).not.toContain('manual 11.0.0.3');
  });
}, 90_000);

test('the log is followed through rotation, by rename and by copy and truncate', async () => {
  await withMirrored({}, async (set) => {
    const { logFile } = set.fail2ban;
    await set.fail2ban.client('set', 'manual', 'banip', '11.0.0.1');
    await set.untilEqual(1);
    await rename(logFile, `${logFile}.1`);
    await set.fail2ban.client('set', 'manual', 'banip', '11.0.0.2');
    await until('written to the renamed file', () => set.mirror.count(null) === 2, 5000, 10);
    await writeFile(logFile, '');
    await set.fail2ban.client('set', 'manual', 'banip', '11.0.0.3');
    await until('written to the renamed file beside an empty new one', () => set.mirror.count(null) === 3);
    await set.fail2ban.client('flushlogs');
    await set.fail2ban.client('set', 'manual', 'banip', '11.0.0.4');
    await until('written to the new file', () => set.mirror.count(null) === 4);
    await truncate(logFile, 0);
    await set.fail2ban.client('set', 'manual', 'banip', '11.0.0.5');
    await until('written to the truncated file', () => set.mirror.count(null) === 5);
    await set.untilEqual(5);
  });
}, 60_000);

test('a line written in two parts is read once it is whole', async () => {
  await withMirrored({}, async (set) => {
    const { logFile } = set.fail2ban;
    const stamp = new Date().toISOString().replace('T', ' ').replace('.', ',').slice(0, 23);
    await appendFile(logFile, `${stamp} fail2ban.actions        [1]: NOTICE  [manual] Ban 11.0`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(set.mirror.count(null)).toBe(0);
    await appendFile(logFile, '.0.77\n');
    await until('it is read', () => set.mirror.count(null) === 1, 5000, 10);
  });
}, 60_000);

test('without a log file bans still come and go within seconds, and the page can say why', async () => {
  await withMirrored({}, async (set) => {
    await set.fail2ban.client('set', 'logtarget', 'STDOUT');
    const again = await set.restartMirror();
    expect(again.mirror.state().limits).toEqual([expect.stringContaining('STDOUT')]);
    await withoutLog(again);
    return again;
  });
}, 240_000);

async function withoutLog(set: Mirrored): Promise<void> {
  await banAll(set, 'manual', addresses(1500));
  await set.untilEqual(1500, 40_000);
  await set.fail2ban.client('set', 'manual', 'banip', '11.200.0.1');
  await set.untilEqual(1501, 30_000);
  await set.fail2ban.client('set', 'manual', 'unbanip', '11.200.0.1');
  await set.untilEqual(1500, 60_000);
  await set.fail2ban.client('unban', '--all');
  await set.untilEqual(0, 30_000);
}

test('without fail2ban’s database bans still come and go, and the page can say why', async () => {
  await withMirrored({ databaseFile: '/nonexistent/f2b.sqlite3' }, async (set) => {
    await set.fail2ban.client('set', 'sshd', 'banip', ...addresses(20));
    await set.untilEqual(20);
    await until('it is said', () => set.mirror.state().limits.length === 1);
    expect(set.mirror.state().limits[0]).toContain('database');
    await banAll(set, 'manual', addresses(1200));
    await set.untilEqual(1220, 30_000);
    await set.database.db.deleteFrom('active_bans').execute();
    const again = await set.restartMirror();
    await again.untilEqual(1220, 30_000);
    return again;
  });
}, 120_000);

test('a fail2ban in another time zone is understood', async () => {
  // Only setting the variable, not removing it, changes the zone of a running process.
  const ours = Intl.DateTimeFormat().resolvedOptions().timeZone;
  process.env['TZ'] = 'Asia/Kathmandu';
  const set = await startMirrored().finally(() => {
    process.env['TZ'] = ours;
  });
  try {
    const began = Date.now();
    await set.fail2ban.client('set', 'sshd', 'banip', '11.0.0.1');
    await set.untilEqual(1);
    const near = (at: number | undefined) => expect(Math.abs((at ?? 0) - began)).toBeLessThan(10_000);
    near((await set.rows())[0]?.banned_at);
    await set.database.db.deleteFrom('active_bans').execute();
    const again = await set.restartMirror();
    await again.untilEqual(1);
    near((await again.rows())[0]?.banned_at);
    await again.mirror.stop();
    await again.host.close();
  } finally {
    await set.close();
  }
}, 60_000);

test('a database that is no database is said to be unreadable', async () => {
  await withMirrored({ databaseFile: join('/etc', 'fail2ban', 'jail.conf') }, async (set) => {
    await set.fail2ban.client('set', 'sshd', 'banip', '11.0.0.1');
    await until('it is said', () => set.mirror.state().limits.some((limit) => limit.includes('database')));
    await chmod(set.fail2ban.logFile, (await stat(set.fail2ban.logFile)).mode);
    await set.untilEqual(1);
  });
}, 60_000);
