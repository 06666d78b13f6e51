/** The mirror beside a real fail2ban: whatever happens there, the list becomes the same, and soon. */
import { appendFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from '../../../test/bangui.ts';
import { startMirrored, type Mirrored } from '../../../test/mirrored.ts';
import { permanentEnd } from './ban-row.ts';

let set: Mirrored;
beforeAll(async () => {
  set = await startMirrored();
}, 60_000);
afterAll(() => set.close(), 60_000);
beforeEach(async () => {
  await set.fail2ban.client('unban', '--all');
  await set.untilEqual(0);
  set.announced.length = 0;
});

const rowOf = async (ip: string) => (await set.rows()).find((row) => row.ip === ip);

test('a ban by failures in a log is in the list at once, with its time and end, and announced once', async () => {
  await set.fail2ban.fail('sshd', '192.0.2.10', 3);
  await until('it is listed', async () => (await rowOf('192.0.2.10')) !== undefined);
  const row = await rowOf('192.0.2.10');
  expect(row?.jail).toBe('sshd');
  expect(Math.abs((row?.banned_at ?? 0) - Date.now())).toBeLessThan(6000);
  expect((row?.expires_at ?? 0) - (row?.banned_at ?? 0)).toBe(600_000);
  await until('it is confirmed from the database', async () => (await rowOf('192.0.2.10'))?.confirmed === 1);
  const bans = set.announced.filter((event) => event.type === 'ban');
  expect(bans).toMatchObject([{ jail: 'sshd', ip: '192.0.2.10', count: 1 }]);
});

test('a ban by command is in the list within 300 ms of the log line', async () => {
  await set.fail2ban.client('set', 'manual', 'banip', '192.0.2.11');
  const took = await until('it is listed', async () => (await rowOf('192.0.2.11')) !== undefined, 5000, 10);
  expect(took).toBeLessThan(900);
  expect((await rowOf('192.0.2.11'))?.expires_at).toBe(permanentEnd);
});

test('text that is no address, a network and IPv6 are listed as fail2ban spells them', async () => {
  await set.fail2ban.client('set', 'manual', 'banip', 'not an address; rm', '198.51.100.7/24', '2001:DB8::1');
  await set.untilEqual(3);
  expect(await set.listed()).toEqual([
    'manual 198.51.100.0/24',
    'manual 2001:db8::1',
    'manual not an address; rm',
  ]);
});

test('an end by command leaves the list and is announced', async () => {
  await set.fail2ban.client('set', 'manual', 'banip', '192.0.2.12');
  await set.untilEqual(1);
  await set.fail2ban.client('set', 'manual', 'unbanip', '192.0.2.12');
  await set.untilEqual(0);
  expect(set.announced.filter((event) => event.type === 'unban')).toMatchObject([{ ip: '192.0.2.12' }]);
});

test('a repeated ban moves the end to the jail’s ban time from then on', async () => {
  await set.fail2ban.client('set', 'sshd', 'banip', '192.0.2.13');
  await until('it is listed', async () => (await rowOf('192.0.2.13')) !== undefined);
  const first = (await rowOf('192.0.2.13'))?.expires_at ?? 0;
  await new Promise((resolve) => setTimeout(resolve, 4000));
  await set.fail2ban.client('set', 'sshd', 'banip', '192.0.2.13');
  await until('the end moved', async () => ((await rowOf('192.0.2.13'))?.expires_at ?? 0) > first + 3000);
  const sshd = (await set.host.refresh()).jails.find((jail) => jail.name === 'sshd');
  if (sshd === undefined) throw new Error('no such jail');
  const [held] = await set.host.banTimes(sshd.name);
  const end = (held?.bannedAt ?? 0) + (held?.seconds ?? 0) * 1000;
  expect(Math.abs(((await rowOf('192.0.2.13'))?.expires_at ?? 0) - end)).toBeLessThan(3_000);
});

test('a changed ban time moves the end of current bans, as in fail2ban', async () => {
  await set.fail2ban.client('set', 'web', 'banip', '192.0.2.14');
  await until('it is confirmed', async () => (await rowOf('192.0.2.14'))?.confirmed === 1);
  await set.fail2ban.client('set', 'web', 'bantime', '7200');
  await until('the end moved', async () => {
    const row = await rowOf('192.0.2.14');
    return row !== undefined && row.expires_at - row.banned_at === 7_200_000;
  });
  await set.fail2ban.client('set', 'web', 'bantime', '600');
  await until('the end moved back', async () => {
    const row = await rowOf('192.0.2.14');
    return row !== undefined && row.expires_at - row.banned_at === 600_000;
  });
});

test('an expired ban leaves the list; the next one is longer and counted', async () => {
  await set.fail2ban.fail('incr', '192.0.2.15', 3);
  await until('it is listed', async () => (await rowOf('192.0.2.15')) !== undefined);
  await until('it expires', async () => (await rowOf('192.0.2.15')) === undefined, 20_000);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await set.fail2ban.fail('incr', '192.0.2.15', 3);
  await until('it is banned longer', async () => ((await rowOf('192.0.2.15'))?.ban_count ?? 0) >= 2, 20_000);
  const row = await rowOf('192.0.2.15');
  expect((row?.expires_at ?? 0) - (row?.banned_at ?? 0)).toBeGreaterThan(15_000);
  expect(row?.own_duration).toBe(1);
}, 60_000);

test('bans of a stopped jail leave the list', async () => {
  await set.fail2ban.client('set', 'web', 'banip', '192.0.2.16');
  await set.untilEqual(1);
  await set.fail2ban.client('stop', 'web');
  await set.untilEqual(0);
  await set.fail2ban.client('reload', '--if-exists', 'web');
  await set.untilEqual(1);
});

test('junk in the log changes nothing', async () => {
  await set.fail2ban.client('set', 'manual', 'banip', '192.0.2.17');
  await set.untilEqual(1);
  await appendFile(
    set.fail2ban.logFile,
    `\0\xff[manual] Ban 1.1.1.1\n${'x'.repeat(200_000)}\nTraceback\n[manual] Unban 192.0.2.17`,
  );
  await appendFile(set.fail2ban.logFile, '\n');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await set.listed()).toEqual(['manual 192.0.2.17']);
});

test('a forged line is put right by the counters', async () => {
  const stamp = (await set.fail2ban.client('get', 'logtarget')).length > 0 ? new Date() : new Date(0);
  const text = stamp.toISOString().replace('T', ' ').replace('.', ',').slice(0, 23);
  await appendFile(
    set.fail2ban.logFile,
    `${text} fail2ban.actions        [1]: NOTICE  [manual] Ban 1.1.1.1\n`,
  );
  await until('it is listed', async () => (await set.listed()).length === 1);
  await set.untilEqual(0);
});
