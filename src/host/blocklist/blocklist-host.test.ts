import { readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addresses,
  author,
  listText,
  openBlocklistScene,
  type BlocklistScene,
} from '../../../test/blocklist-scene.ts';
import { listFile } from './jail-files.ts';

const signal = new AbortController().signal;
const rule = (chain: string, version: number): string =>
  `-A ${chain} -m set --match-set bangui-blocklist${version} src -j DROP`;

describe('blocklists in force', () => {
  let scene: BlocklistScene;
  beforeAll(async () => {
    scene = await openBlocklistScene();
    await scene.space.run('ip', 'addr', 'add', '192.0.2.10/24', 'dev', 'lo');
    await scene.space.run('ip', 'route', 'add', 'default', 'via', '192.0.2.1', 'dev', 'lo');
    await scene.install();
  });
  afterAll(() => scene.close());

  it('begin with two empty sets, a rule for each, and what the action says of the machine', async () => {
    expect(await scene.sets()).toStrictEqual(['bangui-blocklist4', 'bangui-blocklist6']);
    expect(await scene.rules()).toStrictEqual([rule('INPUT', 4), rule('INPUT', 6)]);
    expect(await scene.blocklists.isInstalled()).toBe(true);
    expect(await scene.blocklists.installed()).toStrictEqual({ method: 'ipset', chains: ['INPUT'] });
    const status = await scene.blocklists.status();
    expect(status).toMatchObject({ id: null, state: 'empty', error: null, entriesV4: 0, lost: [] });
    expect(status?.ownAddresses).toStrictEqual(['127.0.0.1', '192.0.2.10', '::1']);
    expect(status?.gateways).toStrictEqual(['192.0.2.1']);
    expect(status?.chains).toStrictEqual(['INPUT', 'FORWARD']);
    expect(status?.ipset).toMatch(/^\d+\.\d+$/);
  });

  it('hold the list that is loaded, and the next one instead', async () => {
    const first = await scene.load({ id: 'one', v4: addresses(100_000, 20), v6: ['2001:db8::/48'] });
    expect(first).toMatchObject({ outcome: 'loaded', entriesV4: 100_000, entriesV6: 1 });
    const list = { id: 'two', v4: [...addresses(50, 21), '198.51.100.0/24'], v6: ['2001:db8:1::1'] };
    expect(await scene.load(list)).toMatchObject({ outcome: 'loaded', entriesV4: 51, entriesV6: 1 });
    expect(await scene.held()).toStrictEqual([...list.v4, ...list.v6].toSorted());
    expect(await scene.sets()).toStrictEqual(['bangui-blocklist4', 'bangui-blocklist6']);
    expect(await scene.blocklists.status()).toMatchObject({ id: 'two', tried: 'two', state: 'loaded' });
  });

  it('are not restored anew when the list in the sets is the one in the file', async () => {
    await scene.load({ id: 'same', v4: addresses(10, 22) });
    const before = await scene.blocklists.status();
    await scene.space.run('ipset', 'add', 'bangui-blocklist4', '203.0.113.77');
    await scene.blocklists.refreshHits();
    expect(await scene.held()).toContain('203.0.113.77');
    expect((await scene.blocklists.status())?.loadedAt).toBe(before?.loadedAt);
  });

  it('are restored anew when somebody has emptied a set', async () => {
    await scene.load({ id: 'emptied', v4: addresses(10, 23) });
    await scene.space.run('ipset', 'flush', 'bangui-blocklist4');
    expect(await scene.blocklists.load('emptied', signal)).toMatchObject({
      outcome: 'loaded',
      entriesV4: 10,
    });
  });

  it('get their rule back when somebody has taken it away, and never a second one', async () => {
    await scene.space.run('iptables', '-F', 'INPUT');
    await scene.blocklists.refreshHits();
    await scene.blocklists.refreshHits();
    expect(await scene.rules()).toStrictEqual([rule('INPUT', 4), rule('INPUT', 6)]);
  });

  it('outlast the end of all bans; a ban by hand in the jail goes into the set', async () => {
    await scene.load({ id: 'lasting', v4: addresses(10, 24), v6: ['2001:db8:2::/48'] });
    await scene.fail2ban.client('set', 'blocklist-import', 'banip', '203.0.113.9', '2001:db8:9::9');
    await scene.until(async () => (await scene.held()).includes('2001:db8:9::9'));
    await scene.fail2ban.client('set', 'blocklist-import', 'unbanip', '2001:db8:9::9');
    await scene.until(async () => !(await scene.held()).includes('2001:db8:9::9'));
    await scene.fail2ban.client('unban', '--all');
    expect(await scene.held()).toStrictEqual(
      [...addresses(10, 24), '2001:db8:2::/48', '203.0.113.9'].toSorted(),
    );
  });

  const back = { id: 'back', v4: addresses(1_000, 25), v6: ['2001:db8:3::/48'] };
  const allBack = [[...back.v4, ...back.v6].toSorted(), [rule('INPUT', 4), rule('INPUT', 6)]];
  const heldAndRules = async (): Promise<string[][]> => {
    await scene.until(async () => (await scene.blocklists.status())?.id === 'back');
    return [await scene.held(), await scene.rules()];
  };

  it('go when fail2ban stops, and come back when it starts', async () => {
    await scene.load(back);
    await scene.fail2ban.stop();
    expect(await scene.sets()).toStrictEqual([]);
    expect(await scene.rules()).toStrictEqual([]);
    expect(await scene.blocklists.status()).toMatchObject({ id: null, state: 'empty', entriesV4: 0 });
    await scene.fail2ban.start();
    expect(await heldAndRules()).toStrictEqual(allBack);
  });

  it.each([
    ['a reload of everything', ['reload']],
    ['a reload of everything that restarts each jail', ['reload', '--restart']],
    ['the end and start of the jail', ['restart', 'blocklist-import']],
  ])('are there after %s', async (_, command) => {
    await scene.load(back);
    await scene.fail2ban.client(...command);
    expect(await heldAndRules()).toStrictEqual(allBack);
  });

  it('stay as they were when a file is bad, and say why', async () => {
    const old = { id: 'good', v4: addresses(100, 26) };
    await scene.load(old);
    const bad = { id: 'bad', v4: [...addresses(100, 27), '192.0.2.0/40', ...addresses(5, 28)] };
    const end = await scene.load(bad);
    expect(end).toMatchObject({ outcome: 'failed' });
    expect(JSON.stringify(end)).toContain('ipset restore ended with 1');
    expect(await scene.held()).toStrictEqual(old.v4.toSorted());
    expect(await scene.blocklists.status()).toMatchObject({ id: null, tried: 'bad', state: 'failed' });
    expect(await scene.load(old)).toMatchObject({ outcome: 'loaded', entriesV4: 100 });
  });

  it('stay as they were when the file ends too early', async () => {
    const old = { id: 'whole', v4: addresses(100, 29) };
    await scene.load(old);
    const cut = listText({ id: 'cut', v4: addresses(1_000, 30) }).slice(0, 9_000);
    await writeFile(join(scene.dir, listFile), cut);
    expect(await scene.blocklists.load('cut', signal)).toStrictEqual({
      outcome: 'failed',
      reason: 'blocklist.ipset is not whole, or is no file of BanGUI.',
    });
    expect(await scene.held()).toStrictEqual(old.v4.toSorted());
    expect(await scene.blocklists.load('another', signal)).toMatchObject({ outcome: 'failed' });
  });

  it('are of one list when loads overlap', async () => {
    const [first, second] = [addresses(100_000, 31), addresses(100_000, 32)];
    await scene.place({ id: 'first', v4: first });
    await scene.fail2ban.client('reload', 'blocklist-import');
    await scene.until(() => scene.restoring() !== null);
    await scene.place({ id: 'second', v4: second });
    for (let n = 0; n < 3; n++) await scene.fail2ban.client('reload', 'blocklist-import');
    await scene.until(async () => (await scene.blocklists.status())?.id === 'second');
    expect(await scene.held()).toStrictEqual(second.toSorted());
  });

  it('are those of the old list when the restore is killed, and of the new one at the next try', async () => {
    const [old, next] = [addresses(1_000, 33), addresses(200_000, 34)];
    await scene.load({ id: 'old', v4: old });
    const loading = scene.load({ id: 'next', v4: next });
    await scene.until(() => killed(scene.restoring()));
    expect(await loading).toMatchObject({ outcome: 'failed' });
    expect(await scene.held()).toStrictEqual(old.toSorted());
    expect(await scene.load({ id: 'next', v4: next })).toMatchObject({
      outcome: 'loaded',
      entriesV4: 200_000,
    });
    expect(await scene.sets()).toStrictEqual(['bangui-blocklist4', 'bangui-blocklist6']);
  });

  it('are those of the old list or the new one when fail2ban is killed meanwhile, and of the new one when it starts', async () => {
    const [old, next] = [addresses(1_000, 35), addresses(100_000, 36)];
    await scene.load({ id: 'before-kill', v4: old });
    await scene.place({ id: 'after-kill', v4: next });
    await scene.fail2ban.client('reload', 'blocklist-import');
    await scene.until(() => scene.restoring() !== null);
    await scene.fail2ban.kill();
    expect([old.toSorted(), next.toSorted()]).toContainEqual(await scene.held());
    await scene.fail2ban.start();
    await scene.until(async () => (await scene.blocklists.status())?.id === 'after-kill');
    expect(await scene.held()).toStrictEqual(next.toSorted());
    expect(await scene.rules()).toStrictEqual([rule('INPUT', 4), rule('INPUT', 6)]);
  });

  it('leave nothing when the jail ends while loads wait for their turn', async () => {
    await scene.place({ id: 'waited', v4: addresses(100_000, 38) });
    await scene.fail2ban.client('reload', 'blocklist-import');
    await scene.until(() => scene.restoring() !== null);
    for (let n = 0; n < 3; n++) await scene.fail2ban.client('reload', 'blocklist-import');
    await scene.fail2ban.client('stop', 'blocklist-import');
    await scene.until(() => !scene.isBusy());
    expect(await scene.rules()).toStrictEqual([]);
    expect(await scene.sets()).toStrictEqual([]);
    await scene.fail2ban.client('reload', '--if-exists', 'blocklist-import');
    await scene.until(async () => (await scene.blocklists.status())?.id === 'waited');
  });

  it('have their status written to no file that a link leads to', async () => {
    const victim = join(scene.fail2ban.dir, 'victim');
    await writeFile(victim, 'untouched');
    await symlink(victim, join(scene.dir, 'status.new'));
    await scene.load({ id: 'linked', v4: addresses(10, 37) });
    expect(await readFile(victim, 'utf8')).toBe('untouched');
    expect((await scene.blocklists.status())?.id).toBe('linked');
  });

  it('change their chains when they are installed again, and leave nothing when they are removed', async () => {
    const again = await scene.blocklists.install(
      { method: 'ipset', chains: ['INPUT', 'FORWARD', 'DOCKER-USER'] },
      author,
    );
    expect(again).toMatchObject({ result: 'applied' });
    await scene.until(async () => (await scene.blocklists.status())?.id === 'linked');
    expect(await scene.rules()).toStrictEqual(
      [4, 6].flatMap((version) => [rule('INPUT', version), rule('FORWARD', version)]),
    );
    // Docker starts later.
    await scene.space.run('iptables', '-N', 'DOCKER-USER');
    await scene.blocklists.refreshHits();
    expect(await scene.rules()).toContain(rule('DOCKER-USER', 4));
    expect(await scene.blocklists.remove(author)).toMatchObject({ result: 'applied' });
    expect(await scene.rules()).toStrictEqual([]);
    expect(await scene.sets()).toStrictEqual([]);
    expect(await scene.jails()).not.toContain('blocklist-import');
    expect(
      Object.keys(await scene.contents()).filter((name) => /bangui-block|-import/.test(name)),
    ).toStrictEqual([]);
    expect(await scene.blocklists.isInstalled()).toBe(false);
    expect(await scene.blocklists.load('linked', signal)).toMatchObject({ outcome: 'absent' });
    expect((await readdir(scene.dir)).toSorted()).toStrictEqual([listFile, 'ended', 'status']);
  });
});

/** Null: there was nothing to kill. */
function killed(pid: number | null): boolean {
  if (pid !== null) process.kill(pid, 'SIGKILL');
  return pid !== null;
}
