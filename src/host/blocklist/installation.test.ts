import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { addresses, author, openBlocklistScene, type BlocklistScene } from '../../../test/blocklist-scene.ts';
import { mountSmallDisk, type SmallDisk } from '../../../test/small-disk.ts';

/** All that the action calls. */
const programs =
  'sh sed head tail grep date rm mv cat cut tr sort sleep flock ipset iptables ip6tables ip'.split(' ');

let bin: string;
let disk: SmallDisk;
let scene: BlocklistScene;

beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'bangui-bin-'));
  for (const name of programs) await provide(name);
  disk = await mountSmallDisk(4);
  scene = await openBlocklistScene({ path: bin, dir: disk.dir });
});
afterEach(async () => {
  await scene.blocklists.remove(author);
  const left = [...(await scene.rules()), ...(await scene.sets())];
  if (left.length > 0) throw new Error(`a removal has left ${left.join(', ')}`);
  for (const name of programs) await takeAway(name).then(() => provide(name));
});
afterAll(async () => {
  await scene.close();
  await disk.remove();
  await rm(bin, { recursive: true });
});

const provide = (name: string): Promise<void> =>
  symlink(join(name.startsWith('ip') ? '/usr/sbin' : '/usr/bin', name), join(bin, name));
const takeAway = (name: string): Promise<void> => rm(join(bin, name), { force: true });
const one = { id: 'one', v4: ['203.0.113.1'] };

it('is refused where edits that run code are switched off', async () => {
  const install = scene
    .open({ commandsAllowed: false })
    .install({ method: 'ipset', chains: ['INPUT'] }, author);
  await expect(install).rejects.toMatchObject({ code: 'commands_not_allowed' });
  expect(await scene.jails()).not.toContain('blocklist-import');
});

it('is taken back, and says why, when fail2ban does not see the folder', async () => {
  const blocklists = scene.open({ dir: '/nonexistent/lists' });
  const end = await blocklists.install({ method: 'ipset', chains: ['INPUT'] }, author);
  expect(end.result).toBe('put_back');
  expect(JSON.stringify(end.findings)).toContain('fail2ban cannot write to /nonexistent/lists');
  expect(await blocklists.installed()).toBeNull();
  expect(await scene.jails()).not.toContain('blocklist-import');
});

it('is refused for a folder whose name a shell would read', async () => {
  const install = scene.open({ dir: '/srv/$(id)' }).install({ method: 'ipset', chains: ['INPUT'] }, author);
  await expect(install).rejects.toMatchObject({ code: 'blocklist_dir_unfit' });
});

it('says that ipset is missing, and needs no more than to have it', async () => {
  await takeAway('ipset');
  await scene.install();
  expect(await scene.blocklists.status()).toMatchObject({ state: 'failed', ipset: null });
  const reason = 'ipset is missing where fail2ban runs. Install the package ipset there.';
  expect(await scene.load(one)).toStrictEqual({ outcome: 'failed', reason });
  expect(await scene.rules()).toStrictEqual([]);
  await provide('ipset');
  expect(await scene.load(one)).toMatchObject({ outcome: 'loaded' });
  expect(await scene.rules()).toHaveLength(2);
});

it('says what is lost without ip6tables and ip, and loads nothing without flock', async () => {
  await takeAway('ip6tables');
  await takeAway('ip');
  await scene.install();
  expect(await scene.load(one)).toMatchObject({ outcome: 'loaded' });
  expect(await scene.rules()).toHaveLength(1);
  const status = await scene.blocklists.status();
  expect(status).toMatchObject({ state: 'loaded', error: null, ownAddresses: [] });
  expect(status?.lost.join(' ')).toMatch(/program ip is missing .* ip6tables is missing/);
  await takeAway('flock');
  const reason = 'flock is missing where fail2ban runs. Install util-linux there.';
  expect(await scene.load({ id: 'two', v4: ['203.0.113.2'] })).toStrictEqual({ outcome: 'failed', reason });
  expect(await scene.held()).toStrictEqual(['203.0.113.1']);
});

it('leaves no status that is wrong when the disk is full, and the next load is as if nothing had been', async () => {
  await scene.install();
  await scene.load({ id: 'before', v4: addresses(10, 50) });
  await scene.place({ id: 'full', v4: addresses(20, 51) });
  await disk.fill();
  await scene.fail2ban.client('reload', 'blocklist-import');
  await scene.until(async () => (await scene.held()).length === 20);
  await scene.until(async () => (await scene.blocklists.status()) === null);
  await disk.free();
  expect(await scene.load({ id: 'before', v4: addresses(10, 50) })).toMatchObject({ entriesV4: 10 });
  expect(await scene.held()).toStrictEqual(addresses(10, 50).toSorted());
});

it('holds a short list by bans of fail2ban, which follow the list, where this is asked for', async () => {
  const held = async () =>
    (await scene.fail2ban.client('get', 'blocklist-import', 'banip')).trim().split(/\s+/).toSorted();
  await scene.blocklists.install({ method: 'bans', chains: [] }, author);
  expect(await scene.blocklists.installed()).toMatchObject({ method: 'bans' });
  const first = await scene.load({ id: 'one', v4: ['203.0.113.1', '203.0.113.2'], v6: ['2001:db8::1'] });
  expect(first).toMatchObject({ outcome: 'loaded', entriesV4: 2, entriesV6: 1 });
  await scene.load({ id: 'two', v4: ['203.0.113.2', '198.51.100.0/24'] });
  expect(await held()).toStrictEqual(['198.51.100.0/24', '203.0.113.2']);
  expect(await scene.space.run('iptables', '-S')).toContain('-s 198.51.100.0/24');
  expect(await scene.blocklists.status()).toMatchObject({ id: 'two', state: 'loaded', entriesV4: 2 });
  const long = await scene.load({ id: 'long', v4: addresses(1_001, 60) });
  expect(JSON.stringify(long)).toContain('more than 1,000 entries');
  expect(await held()).toHaveLength(2);
});

it('ends those bans when sets take their place', async () => {
  await scene.blocklists.install({ method: 'bans', chains: [] }, author);
  await scene.load(one);
  await scene.install();
  expect(await scene.load({ id: 'sets', v4: [] })).toMatchObject({ outcome: 'loaded', entriesV4: 0 });
  expect(await scene.held()).toStrictEqual([]);
});
