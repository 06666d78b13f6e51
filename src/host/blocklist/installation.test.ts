import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addresses, author, openBlocklistScene, type BlocklistScene } from '../../../test/blocklist-scene.ts';
import { mountSmallDisk } from '../../../test/small-disk.ts';

const programs =
  'sh sed head tail grep date rm mv cat cut tr sort sleep ipset iptables ip6tables ip flock'.split(' ');

/** A scene where fail2ban finds these programs and no more. */
async function sceneWithout(...missing: string[]): Promise<BlocklistScene & { bin: string }> {
  const bin = await mkdtemp(join(tmpdir(), 'bangui-bin-'));
  for (const name of programs.filter((one) => !missing.includes(one))) await provide(bin, name);
  const scene = await openBlocklistScene({ path: bin });
  onTestFinished(async () => {
    await scene.close();
    await rm(bin, { recursive: true });
  });
  await scene.install();
  return { ...scene, bin };
}

async function provide(bin: string, name: string): Promise<void> {
  const folder = name.startsWith('ip') ? '/usr/sbin' : '/usr/bin';
  await symlink(join(folder, name), join(bin, name));
}

describe('a machine without a program that lists need', () => {
  it('says so when ipset is missing, and needs no more than to have it', async () => {
    const scene = await sceneWithout('ipset');
    expect(await scene.blocklists.status()).toMatchObject({ state: 'failed', ipset: null });
    expect(await scene.load({ id: 'one', v4: ['203.0.113.1'] })).toStrictEqual({
      outcome: 'failed',
      reason: 'ipset is missing where fail2ban runs. Install the package ipset there.',
    });
    expect(await scene.rules()).toStrictEqual([]);
    await provide(scene.bin, 'ipset');
    expect(await scene.load({ id: 'one', v4: ['203.0.113.1'] })).toMatchObject({ outcome: 'loaded' });
    expect(await scene.rules()).toHaveLength(2);
  });

  it('loads nothing when flock is missing', async () => {
    const scene = await sceneWithout('flock');
    const reason = 'flock is missing where fail2ban runs. Install util-linux there.';
    expect(await scene.load({ id: 'one', v4: ['203.0.113.1'] })).toStrictEqual({ outcome: 'failed', reason });
    expect(await scene.sets()).toStrictEqual([]);
  });

  it('blocks what comes over IPv4, and says what is lost, when ip6tables and ip are missing', async () => {
    const scene = await sceneWithout('ip6tables', 'ip');
    expect(await scene.load({ id: 'one', v4: ['203.0.113.1'] })).toMatchObject({ outcome: 'loaded' });
    expect(await scene.rules()).toHaveLength(1);
    const status = await scene.blocklists.status();
    expect(status).toMatchObject({ state: 'loaded', error: null, ownAddresses: [] });
    expect(status?.lost.join(' ')).toMatch(/program ip is missing .* ip6tables is missing/);
  });
});

describe('a disk that is full when the status is written', () => {
  it('leaves no status that is wrong, and the next load is as if nothing had been', async () => {
    const disk = await mountSmallDisk(4);
    onTestFinished(() => disk.remove());
    const scene = await openBlocklistScene({ dir: disk.dir });
    onTestFinished(() => scene.close());
    await scene.install();
    await scene.load({ id: 'before', v4: addresses(10, 50) });
    await scene.place({ id: 'full', v4: addresses(20, 51) });
    await disk.fill();
    await scene.fail2ban.client('reload', 'blocklist-import');
    await scene.until(async () => (await scene.held()).length === 20);
    await scene.until(() => scene.restoring() === null);
    expect(await scene.blocklists.status()).toBeNull();
    await disk.free();
    expect(await scene.load({ id: 'before', v4: addresses(10, 50) })).toMatchObject({ entriesV4: 10 });
    expect(await scene.held()).toStrictEqual(addresses(10, 50).toSorted());
  });
});

describe('a folder that fail2ban does not see', () => {
  it('is told when it is installed, and nothing is left of the try', async () => {
    const scene = await openBlocklistScene();
    onTestFinished(() => scene.close());
    await rm(scene.dir, { recursive: true });
    const end = await scene.blocklists.install({ method: 'ipset', chains: ['INPUT'] }, author);
    expect(end.result).toBe('put_back');
    expect(JSON.stringify(end.findings)).toContain('fail2ban cannot write to');
    expect(await scene.blocklists.installed()).toBeNull();
    expect(await scene.jails()).not.toContain('blocklist-import');
  });
});

describe('edits that run code, switched off', () => {
  it('keep blocklists from being put in force', async () => {
    const scene = await openBlocklistScene({ commandsAllowed: false });
    onTestFinished(() => scene.close());
    const install = scene.blocklists.install({ method: 'ipset', chains: ['INPUT'] }, author);
    await expect(install).rejects.toMatchObject({ code: 'commands_not_allowed' });
    expect(await scene.jails()).not.toContain('blocklist-import');
  });
});

describe('short lists without ipset', () => {
  it('are held by bans of fail2ban, which follow the list', async () => {
    const scene = await openBlocklistScene();
    onTestFinished(() => scene.close());
    const held = async () => {
      const answer = await scene.fail2ban.client('get', 'blocklist-import', 'banip');
      return answer
        .split(/\s+/)
        .filter((word) => word !== '')
        .toSorted();
    };
    expect(await scene.blocklists.install({ method: 'bans', chains: [] }, author)).toMatchObject({
      result: 'applied',
    });
    expect(await scene.blocklists.installed()).toMatchObject({ method: 'bans' });
    const first = await scene.load({ id: 'one', v4: ['203.0.113.1', '203.0.113.2'], v6: ['2001:db8::1'] });
    expect(first).toMatchObject({ outcome: 'loaded', entriesV4: 2, entriesV6: 1 });
    const second = await scene.load({ id: 'two', v4: ['203.0.113.2', '198.51.100.0/24'] });
    expect(second).toMatchObject({ outcome: 'loaded', entriesV4: 2, entriesV6: 0 });
    expect(await held()).toStrictEqual(['198.51.100.0/24', '203.0.113.2']);
    expect(await scene.space.run('iptables', '-S')).toContain('-s 198.51.100.0/24');
    expect(await scene.blocklists.status()).toMatchObject({ id: 'two', state: 'loaded', entriesV4: 2 });
    const long = await scene.load({ id: 'long', v4: addresses(1_001, 60) });
    expect(JSON.stringify(long)).toContain('more than 1,000 entries');
    expect(await held()).toHaveLength(2);
    await scene.install();
    await scene.load({ id: 'sets', v4: [] });
    expect(await scene.held()).toStrictEqual([]);
    expect(await scene.blocklists.remove(author)).toMatchObject({ result: 'applied' });
  });
});
