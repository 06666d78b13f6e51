/** The list of networks as text, and what becomes of it. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { loadBundledNetworks } from './bundled.ts';
import { compileNetworks } from './compile-networks.ts';
import { locateFrom, type SharedGeo } from './locate.ts';

const folders: string[] = [];
const folder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'bangui-networks-'));
  folders.push(path);
  return path;
};
afterEach(async () => {
  for (const path of folders.splice(0)) await rm(path, { recursive: true, force: true });
});

const number = (text: string): string => {
  const [head = '', tail = ''] = text.split('::');
  const groups = head.split(':');
  const ends = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - groups.length - ends.length }, () => '0');
  return [...groups, ...zeros, ...ends]
    .reduce((sum, group) => (sum << 16n) | BigInt(Number.parseInt(group, 16)), 0n)
    .toString();
};
const v4 = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

async function compiled(v4Lines: readonly string[], v6Lines: readonly string[] = []) {
  const path = await folder();
  await writeFile(join(path, 'asn-ipv4-num.csv'), v4Lines.join('\n'));
  await writeFile(join(path, 'asn-ipv6-num.csv'), v6Lines.join('\n'));
  const network: SharedGeo['network'] = { form: 'table', data: await compileNetworks(path) };
  return locateFrom({ country: null, network, city: null });
}

test('ranges, gaps between them, and both ends of the address space', async () => {
  const locate = await compiled(
    [
      `${v4('1.0.0.0')},${v4('1.0.0.255')},64496,Kestrel`,
      `${v4('1.0.1.0')},${v4('1.0.1.255')},64497,"Larkfield, ""the"" Networks"`,
      `${v4('8.0.0.0')},${v4('8.0.2.255')},4200000000,Élan`,
      `${v4('223.0.0.0')},${v4('223.255.255.255')},64498,Last`,
      '',
    ],
    [`${number('2400::')},${number('2400:0:0:ffff:ffff:ffff:ffff:ffff')},64496,Kestrel`],
  );
  expect(locate('1.0.0.255')).toMatchObject({ asn: 64_496, asName: 'Kestrel', range: '1.0.0.0/24' });
  expect(locate('1.0.1.0')).toMatchObject({ asn: 64_497, asName: 'Larkfield, "the" Networks' });
  expect(locate('1.0.2.0')).toMatchObject({ asn: 0, asName: null, range: null });
  expect(locate('8.0.0.9')).toMatchObject({ asn: 4_200_000_000, asName: 'Élan', range: '8.0.0.0/23' });
  expect(locate('8.0.2.9')).toMatchObject({ asn: 4_200_000_000, range: '8.0.2.0/24' });
  expect(locate('7.255.255.255').asn).toBe(0);
  expect(locate('223.255.255.255').asn).toBe(64_498);
  expect(locate('2400::1')).toMatchObject({ asn: 64_496, range: '2400::/48' });
  expect(locate('2400:0:1::')).toMatchObject({ asn: 0 });
  expect(locate('23ff::')).toMatchObject({ asn: 0 });
});

test('a range that reaches into the one before begins after it', async () => {
  const locate = await compiled([
    `${v4('1.0.0.0')},${v4('1.0.1.255')},64496,Kestrel`,
    `${v4('1.0.1.0')},${v4('1.0.2.255')},64497,Larkfield`,
  ]);
  expect(locate('1.0.1.9').asn).toBe(64_496);
  expect(locate('1.0.2.9')).toMatchObject({ asn: 64_497, range: '1.0.2.0/24' });
});

test('text of another form is refused, and so is none', async () => {
  await expect(compiled(['1.0.0.0,1.0.0.255,64496,Kestrel'])).rejects.toThrow('not a line of the list');
  await expect(compiled([])).rejects.toThrow('empty');
});

test('the table is compiled once and kept; what is kept and damaged is compiled anew', async () => {
  const cacheFolder = join(await folder(), 'cache');
  const events: string[] = [];
  const log = { ...silentLog, info: (event: string) => void events.push(event) };
  const load = () => loadBundledNetworks({ log, signal: new AbortController().signal, cacheFolder });
  const first = await load();
  const second = await load();
  expect(events).toEqual(['geo_networks_compiled']);
  expect(Buffer.from(second).equals(Buffer.from(first))).toBe(true);
  const [kept = '', ...others] = await readdir(cacheFolder);
  expect(others).toEqual([]);
  await writeFile(join(cacheFolder, kept), Buffer.from(first).subarray(0, -1));
  expect((await load()).byteLength).toBe(first.byteLength);
  expect(events).toEqual(['geo_networks_compiled', 'geo_networks_compiled']);
});

test('where nothing can be kept the table is there all the same', async () => {
  const file = join(await folder(), 'file');
  await writeFile(file, '');
  const cacheFolder = join(file, 'no', 'folder');
  const table = await loadBundledNetworks({
    log: silentLog,
    signal: new AbortController().signal,
    cacheFolder,
  });
  expect(table.byteLength).toBeGreaterThan(1_000_000);
});
