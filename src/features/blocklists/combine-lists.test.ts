/** What comes into force of lists, whatever they say: beside another library, and in a real kernel set. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { excludeCidr, mergeCidr, overlapCidr } from 'cidr-tools';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { family, parseAddress, prefixLength, specialPurpose, type Address } from '../../base/address.ts';
import { reachableExceptions, unreachableBlocks } from '../../base/special-purpose.ts';
import { mountSmallDisk } from '../../../test/small-disk.ts';
import { combineLists } from './combine-lists.ts';
import type { CombineEnd, Without } from './list-jobs.ts';
import { readList } from './read-list.ts';

let folder = '';
let into = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bangui-combine-'));
  into = join(folder, 'blocklist.ipset');
});
afterAll(() => rm(folder, { recursive: true }));

const address = (text: string): Address => parseAddress(text) ?? expect.unreachable(`${text} is an address`);
const apart = (...entries: string[]): Without[] =>
  entries.map((entry) => ({ entry: address(entry), kind: 'allowed', meets: `${entry} (office)` }));

/** One list a source; their ids count from 1. */
async function combine(
  lists: readonly (readonly string[])[],
  without: readonly Without[],
): Promise<CombineEnd> {
  const sets = [];
  for (const [index, list] of lists.entries()) {
    const file = join(folder, 'list');
    const setFile = join(folder, `${index}.set`);
    await writeFile(file, `${list.join('\n')}\n`);
    const end = await readList(
      { file, format: { kind: 'lines' }, setFile, previous: null, maxBytes: 2 ** 28 },
      () => {},
    );
    if (end.looksLike === 'list') sets.push({ sourceId: index + 1, file: setFile });
  }
  return await combineLists({ sets, without, into, id: 'abc-1' });
}

/** What the file adds to the kernel's sets. */
async function written(): Promise<Address[]> {
  const text = await readFile(into, 'utf8');
  return [...text.matchAll(/^add bangui-next[46] (\S+)$/gm)].map(([, entry = '']) => address(entry));
}

const reserved = unreachableBlocks.map(({ network }) => network);
// the registry's exceptions lie inside of blocks
const unreachable = excludeCidr(reserved, [...reachableExceptions]);
const mayBlock = (entry: Address): boolean =>
  prefixLength(entry) >= (family(entry) === 4 ? 8 : 16) && specialPurpose(entry) === null;

describe('combineLists', () => {
  test('writes exactly what the lists hold, less what is reserved or taken out', async () => {
    const place = fc.constantFrom(
      '10.0.0.0',
      '9.255.255.255',
      '11.0.0.1',
      '1.2.3.4',
      '1.2.3.128',
      '127.0.0.1',
      '192.0.0.9',
      '223.255.255.255',
      '255.255.255.255',
      '0.0.0.0',
      '8.8.8.8',
    );
    const place6 = fc.constantFrom(
      '::',
      '::1',
      '::ffff:1.2.3.4',
      '2001:db8::',
      '2001:4:112::',
      '2a00:1450:4001::5',
      '2a00:1450::',
      'fe80::1',
      'fdff:ffff::',
      '2001:200::',
      'ffff::',
    );
    const entry = fc
      .oneof(
        fc.tuple(fc.oneof(place, fc.ipV4()), fc.integer({ min: 0, max: 32 })),
        fc.tuple(place6, fc.integer({ min: 0, max: 128 })),
      )
      .map(([ip, prefix]) => `${ip}/${prefix}`);
    const list = fc.array(entry, { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(list, { minLength: 1, maxLength: 3 }),
        fc.array(entry, { maxLength: 6 }),
        async (lists, out) => {
          const end = await combine(lists, apart(...out));
          const now = await written();
          const valid = lists.flat().map(address).filter(mayBlock);
          const expected = excludeCidr(valid, [...unreachable, ...out.map(address)]);
          expect(mergeCidr(now).map(address).toSorted()).toEqual(expected.map(address).toSorted());
          for (const one of now) expect(specialPurpose(one)).toBeNull();
          for (const one of out) expect(overlapCidr(now, address(one))).toBe(false);
          expect(end.v4Entries + end.v6Entries).toBe(now.length);
        },
      ),
      { numRuns: 80 },
    );
  });

  test('puts nothing into force of lists that are made of nothing else than what must not be', async () => {
    const own = apart('1.2.3.4', '5.6.7.0/24', '2a00:1450::/48', '2a02::1');
    const end = await combine(
      [
        [
          ...reserved,
          '0.0.0.0/0',
          '::/0',
          '::ffff:0:0/96',
          '::ffff:10.0.0.1',
          '0.0.0.0-255.255.255.255',
          '128.0.0.0/1',
          '2000::/3',
        ],
        [
          '1.2.3.4',
          '::ffff:1.2.3.4',
          '5.6.7.8',
          '5.6.7.0/25',
          '5.6.7.9-5.6.7.20',
          '2a00:1450::/64',
          '2a02:0::1/128',
        ],
      ],
      own,
    );
    expect(await written()).toEqual([]);
    expect(end).toMatchObject({ v4Addresses: 0, v4Entries: 0, v6Entries: 0, metTotal: { 1: 0, 2: 4 } });
  });

  test('splits a network around what is taken out of it, and says which entry met what', async () => {
    const without = [
      ...apart('1.2.3.4', '2a00:1450::5'),
      { entry: address('1.128.0.0/9'), kind: 'own', meets: 'eth0' } as const,
    ];
    const end = await combine([['1.0.0.0/8', '9.9.9.9'], ['2a00:1450::/32']], without);
    expect(end.met).toEqual([
      { sourceId: 1, entry: '1.0.0.0/8', kind: 'allowed', meets: '1.2.3.4 (office)' },
      { sourceId: 2, entry: '2a00:1450::/32', kind: 'allowed', meets: '2a00:1450::5 (office)' },
    ]);
    expect(end.metTotal).toEqual({ 1: 1, 2: 1 });
    expect(end.v4Addresses).toBe(2 ** 23 - 1 + 1);
    expect(end.v4Entries).toBe(32 - 9 + 1);
    expect(end.v6Entries).toBe(96);
    expect(overlapCidr(await written(), ['1.2.3.4', '2a00:1450::5', '1.128.0.0/9'])).toBe(false);
  });

  test('names at most 200 entries that meet something, and counts all', async () => {
    const end = await combine(
      [Array.from({ length: 500 }, (_, n) => `5.6.${n >> 7}.${(n & 127) * 2}`)],
      apart('5.6.0.0/16'),
    );
    expect(end.met).toHaveLength(200);
    expect(end.metTotal).toEqual({ 1: 500 });
  });

  test('is what a real kernel set holds after a restore, and counts it as the file does', async () => {
    const list = Array.from(
      { length: 3_000 },
      (_, n) => `11.${n % 7}.${n >> 8}.${n & 255}${n % 3 === 0 ? '/30' : ''}`,
    );
    const list6 = Array.from(
      { length: 3_000 },
      (_, n) => `2a00:${n.toString(16)}::${n % 5}${n % 3 === 0 ? '/64' : ''}`,
    );
    await combine([[...list, '12.0.0.0/8', '13.0.0.0/8'], list6], apart('11.1.0.0/24', '12.1.2.3'));
    const expected = await written();
    const lines = (await readFile(into, 'utf8')).trimEnd().split('\n');
    expect(lines[0]).toBe('# bangui-blocklist abc-1');
    const [v4, v6] = [4, 6].map((wanted) => expected.filter((one) => family(one) === wanted).length);
    expect(lines.at(-1)).toBe(`# end ${v4} ${v6}`);
    expect(await restored()).toEqual({ entries: expected.toSorted(), v4, v6 });
    // what a restore that was cut off left behind does not come into force
    expect(await restored('ipset add bangui-next4 99.1.2.3;')).toEqual({
      entries: expected.toSorted(),
      v4,
      v6,
    });
  });

  test('leaves the file as it was when the disk is full', async () => {
    const disk = await mountSmallDisk(1);
    try {
      into = join(disk.dir, 'blocklist.ipset');
      await combine([['9.9.9.9']], []);
      const before = await readFile(into, 'utf8');
      await disk.fill();
      await expect(
        combine(
          [
            Array.from({ length: 5_000 }, (_, n) => `11.2.${n >> 8}.${n & 255}`).filter(
              (_, n) => n % 2 === 0,
            ),
          ],
          [],
        ),
      ).rejects.toMatchObject({
        code: 'blocklist_not_writable',
        message: 'The folder of the lists cannot be written: the disk is full.',
      });
      await disk.free();
      expect(await readFile(into, 'utf8')).toBe(before);
      expect(await readdir(disk.dir)).toEqual(['blocklist.ipset']);
    } finally {
      into = join(folder, 'blocklist.ipset');
      await disk.remove();
    }
  });
});

/** In a network of its own: the sets as the action makes them, perhaps what was left behind, then the file. */
async function restored(leftBehind = ''): Promise<{ entries: Address[]; v4: number; v6: number }> {
  const script = `set -e
    for f in 4:inet 6:inet6; do
      ipset create bangui-blocklist\${f%%:*} hash:net family \${f##*:} maxelem 16777216
      test -z '${leftBehind}' || ipset create bangui-next\${f%%:*} hash:net family \${f##*:} maxelem 16777216
    done
    ${leftBehind}
    ipset ${leftBehind === '' ? '' : '-exist'} restore -f ${into}
    ipset list -t | grep -E '^(Name|Number)'
    ipset save`;
  const alone = process.getuid?.() === 0 ? '-n' : '-rn';
  const { stdout } = await promisify(execFile)('unshare', [alone, 'bash', '-c', script], {
    maxBuffer: 2 ** 26,
  });
  const counted = [...stdout.matchAll(/^Name: (\S+)\nNumber of entries: (\d+)$/gm)];
  expect(counted.map(([, name]) => name)).toEqual(['bangui-blocklist4', 'bangui-blocklist6']);
  const [v4, v6] = counted.map(([, , number]) => Number(number));
  const entries = [...stdout.matchAll(/^add bangui-blocklist[46] (\S+)$/gm)].map(([, entry = '']) =>
    address(entry),
  );
  return { entries: entries.toSorted(), v4: v4 ?? -1, v6: v6 ?? -1 };
}
