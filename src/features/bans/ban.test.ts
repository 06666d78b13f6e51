/** Banning and unbanning through BanGUI, on a real fail2ban. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../test/bangui.ts';
import { startMirrored, type Mirrored } from '../../../test/mirrored.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { createAudit } from '../../platform/audit.ts';
import { banAddresses, type BanDeps } from './ban.ts';
import { createBanEnds } from './ban-ends.ts';
import { permanentEnd } from './ban-row.ts';
import { checkEntries } from './check-bans.ts';
import { unbanAddresses, unbanEverybody } from './unban.ts';

const me = { client: '8.8.8.8', proxies: [], actor: { userId: 1, name: 'admin', role: 'admin' } };

describe('bans made here', { timeout: 60_000 }, () => {
  let set: Mirrored;
  let deps: BanDeps;
  beforeAll(async () => {
    set = await startMirrored();
    deps = depsOf(set);
  }, 60_000);
  afterAll(() => set.close(), 60_000);
  beforeEach(async () => {
    await set.fail2ban.client('unban', '--all');
    await set.manual.removeAll();
    await set.untilEqual(0);
    set.announced.length = 0;
  });
  const ban = (ips: string[], more: Partial<Parameters<typeof banAddresses>[1]> = {}) =>
    banAddresses(deps, { ips, jail: 'sshd', force: false, ...more }, me);
  const job = (of = set) => createBanEnds({ ...depsOf(of), feed: of.feed, log: silentLog });
  const endDue = (of = set) =>
    job(of).run({
      signal: new AbortController().signal,
      ending: new AbortController().signal,
      fence: of.fence,
    });

  test('each address has its outcome, is in the list when the answer comes, and is announced once', async () => {
    const first = await ban(['1.2.3.4', '2600::1', '20.1.2.3/24', '1.2.3.4'], { reason: 'scanner' });
    expect(first.results.map(({ ip, outcome }) => [ip, outcome])).toEqual([
      ['1.2.3.4', 'banned'],
      ['2600::1', 'banned'],
      ['20.1.2.0/24', 'banned'],
    ]);
    expect(await set.listed()).toEqual(['sshd 1.2.3.4', 'sshd 20.1.2.0/24', 'sshd 2600::1']);
    const second = await ban(['1.2.3.4', '1.2.3.5']);
    expect(second.results.map(({ outcome }) => outcome)).toEqual(['already_banned', 'banned']);
    await set.untilEqual(4);
    await sleep(600);
    expect(set.announced.filter((event) => event.type === 'ban')).toHaveLength(4);
  });

  test('what the guard stops is refused with a reason and not sent; force sends it', async () => {
    const refused = await ban(['8.8.8.8', '127.0.0.1', '9.9.9.9']);
    expect(refused.results.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'banned']);
    expect(refused.results[0]?.detail).toContain('ban you');
    await set.untilEqual(1);
    const forced = await ban(['8.8.8.8', '0.0.0.0/0'], { force: true });
    expect(forced.results.map(({ outcome }) => outcome)).toEqual(['banned', 'refused']);
  });

  test('addresses the jail ignores are refused', async () => {
    await set.fail2ban.client('set', 'sshd', 'addignoreip', '6.6.0.0/16');
    const { results } = await ban(['6.6.6.6']);
    expect(results[0]).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('6.6.0.0/16') });
    await set.fail2ban.client('set', 'sshd', 'delignoreip', '6.6.0.0/16');
  });

  test('one entry that is no address stops the whole call, and its place is named', async () => {
    await expect(ban(['1.2.3.4', '1.2.3.4; rm'])).rejects.toMatchObject({
      status: 422,
      fields: [{ field: 'body.ips.1', message: expect.stringContaining('1.2.3.4; rm') }],
    });
    await set.untilEqual(0);
  });

  test.each(['8', '1w', '-1', -1, 6])(
    'a duration of %s, in a jail whose bans are too short to be renewed in time, is refused',
    async (duration) => {
      await expect(ban(['1.2.3.4'], { duration, jail: 'incr' })).rejects.toMatchObject({
        status: 422,
        message: expect.stringContaining('bans for 5s only'),
      });
    },
  );

  test('a longer duration is what the list shows, and a shorter wish later does not undo it', async () => {
    const { results } = await ban(['1.2.3.4'], { duration: '1d' });
    const end = Date.parse(results[0]?.expires_at ?? '');
    expect(end - Date.now()).toBeGreaterThan(86_000_000);
    expect((await set.rows())[0]?.expires_at).toBe(end);
    for (const duration of [undefined, 60, '2h']) {
      await ban(['1.2.3.4'], duration === undefined ? {} : { duration });
      expect((await set.rows())[0]?.expires_at).toBe(end);
    }
    const [note] = await set.manual.of('sshd', ['1.2.3.4']);
    expect(note?.ends_at).toBe(end);
    expect((note?.renew_at ?? 0) - Date.now()).toBeLessThan(300_000);
    await ban(['1.2.3.4'], { duration: -1 });
    expect((await set.rows())[0]?.expires_at).toBe(permanentEnd);
  });

  test('a jail that does not run is unknown', async () => {
    await expect(ban(['1.2.3.4'], { jail: 'no-such-jail' })).rejects.toMatchObject({ status: 404 });
  });

  test('a shorter duration is ended by BanGUI, also after its restart', async () => {
    const { results } = await ban(['1.2.3.4'], { duration: '3s' });
    const end = Date.parse(results[0]?.expires_at ?? '');
    expect(end - Date.now()).toBeGreaterThan(0);
    expect(end - Date.now()).toBeLessThan(3500);
    expect((await set.rows())[0]?.expires_at).toBe(end);
    await endDue();
    expect(await set.listed()).toHaveLength(1);
    await sleep(3200);
    expect(await endDue()).toMatchObject({ ended: 1 });
    await set.untilEqual(0);
    expect(await set.manual.due(Date.now() + 1e9, 10)).toEqual([]);
  });

  test('a shorter duration never shortens a ban that is already there', async () => {
    await set.fail2ban.client('set', 'sshd', 'banip', '1.2.3.4');
    await set.untilEqual(1);
    await ban(['1.2.3.4'], { duration: 1 });
    await sleep(1500);
    await endDue();
    expect(await set.listed()).toHaveLength(1);
  });

  test('a ban that fail2ban made anew is not ended by an old note', async () => {
    const note = {
      jail: 'sshd',
      ip: '1.2.3.4',
      banned_by: 'admin',
      reason: '',
      renewed_at: null,
      renew_at: null,
    };
    await set.manual.write([{ ...note, banned_at: Date.now() - 3_600_000, ends_at: Date.now() - 1000 }]);
    await set.fail2ban.client('set', 'sshd', 'banip', '1.2.3.4');
    await set.untilEqual(1);
    await endDue();
    await set.untilEqual(1);
    expect(await set.manual.due(Date.now(), 10)).toEqual([]);
  });

  test('unbanning answers how many ended; in one jail or everywhere', async () => {
    await ban(['1.2.3.4', '1.2.3.5']);
    await ban(['1.2.3.4'], { jail: 'manual' });
    expect(await unbanAddresses(deps, { ips: ['1.2.3.5', '7.7.7.7'], jail: 'sshd' }, me)).toEqual({
      released: 1,
    });
    expect(await set.listed()).toEqual(['manual 1.2.3.4', 'sshd 1.2.3.4']);
    expect(await unbanAddresses(deps, { ips: ['1.2.3.4'] }, me)).toEqual({ released: 2 });
    expect(await set.listed()).toEqual([]);
    await set.untilEqual(0);
  });

  test('unbanning a network ends the bans of addresses inside it', async () => {
    await ban(['20.1.2.3', '20.1.2.4', '20.1.3.4']);
    expect(await unbanAddresses(deps, { ips: ['20.1.2.0/24'], jail: 'sshd' }, me)).toEqual({ released: 2 });
    await set.untilEqual(1);
  });

  test('everybody', async () => {
    await ban(['1.2.3.4', '1.2.3.5'], { duration: 300 });
    expect(await unbanEverybody(deps, me)).toEqual({ released: 2 });
    await set.untilEqual(0);
    expect(await set.manual.due(Date.now() + 1e9, 10)).toEqual([]);
  });

  test('pasted entries are judged line by line', async () => {
    await ban(['1.2.3.4']);
    const entries = ['1.2.3.4', ' 5.5.5.5 ', '5.5.5.5', 'x', '8.8.8.8', '10.0.0.1'];
    const { items, longest_seconds } = await checkEntries(deps, { entries, jail: 'sshd' }, me);
    expect(items.map(({ verdict }) => verdict)).toEqual([
      'already_banned',
      'ok',
      'duplicate',
      'invalid',
      'guarded',
      'guarded',
    ]);
    expect(longest_seconds).toBe(-1);
  });

  test('every act is in the audit', async () => {
    await ban(['1.2.3.4', '8.8.8.8'], { reason: 'scanner' });
    await unbanAddresses(deps, { ips: ['1.2.3.4'] }, me);
    const entries = await set.database.db
      .selectFrom('audit')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(2)
      .execute();
    expect(entries).toMatchObject([
      { action: 'bans.unban', target: 'every jail', actor: 'admin', outcome: 'done' },
      { action: 'bans.ban', target: 'sshd', client: '8.8.8.8', outcome: 'done' },
    ]);
    expect(JSON.parse(entries[1]?.detail ?? '')).toMatchObject({
      reason: 'scanner',
      outcomes: { '1.2.3.4': 'banned', '8.8.8.8': 'refused' },
    });
  });

  test('while fail2ban does not answer, calls say so at once and early ends wait for it', async () => {
    await ban(['1.2.3.4'], { duration: '2s' });
    await until('written', async () => (await set.rows()).every((row) => row.confirmed === 1));
    await set.fail2ban.stop();
    await until('it is missed', () => set.host.status().state !== 'online');
    await expect(ban(['1.2.3.5'])).rejects.toMatchObject({ status: 503, code: 'fail2ban_unreachable' });
    await expect(unbanAddresses(deps, { ips: ['1.2.3.4'] }, me)).rejects.toMatchObject({ status: 503 });
    expect(await endDue()).toEqual({});
    await sleep(2000);
    await set.fail2ban.start();
    const again = await set.restartMirror();
    await until('the ban is back', async () =>
      (await set.fail2ban.client('get', 'sshd', 'banip')).includes('1.2.3.4'),
    );
    expect(await endDue(again)).toMatchObject({ ended: 1 });
    await again.untilEqual(0);
    await again.mirror.stop();
    await again.host.close();
  });
});

function depsOf(set: Mirrored): BanDeps {
  return {
    host: set.host,
    mirror: set.mirror,
    manual: set.manual,
    audit: createAudit({ db: set.database.db, now: systemClock }),
    now: systemClock,
    ownAddresses: () => ['5.6.7.8'],
  };
}
