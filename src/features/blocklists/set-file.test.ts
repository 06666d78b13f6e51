/** Sets as files: what was written comes back, and what is not all there is refused. */
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptySet, fromAddresses, overlaps, type AddressSet } from '../../base/address-set/address-set.ts';
import { contains, parseAddress, type Address } from '../../base/address.ts';
import { findInSetFile, readSetFile, writeSetFile } from './set-file.ts';

let folder = '';
let path = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bangui-sets-'));
  path = join(folder, 'sources', '1-abc.set');
});
afterAll(() => rm(folder, { recursive: true }));

const address = (text: string): Address => parseAddress(text) ?? expect.unreachable(`${text} is an address`);

/** Ten thousand ranges of each family with gaps between them, over many blocks of the file. */
const count = 10_000;
const v4Of = (n: number): string => `20.${n >> 12}.${(n >> 4) & 255}.${(n & 15) << 4}/29`;
const v6Of = (n: number): string => `2a00:${n.toString(16)}::/33`;
const many = (): AddressSet =>
  fromAddresses(Array.from({ length: count }, (_, n) => [address(v4Of(n)), address(v6Of(n))]).flat());

describe('a set file', () => {
  test('gives back what was written', async () => {
    for (const set of [
      many(),
      emptySet,
      fromAddresses([address('::/0')]),
      fromAddresses([address('0.0.0.0/0')]),
    ]) {
      await writeSetFile(path, set);
      expect(await readSetFile(path)).toEqual(set);
    }
    expect(await readdir(join(folder, 'sources'))).toEqual(['1-abc.set']);
  });

  test('is searched for one address or network without being read whole', async () => {
    const set = many();
    await writeSetFile(path, set);
    expect(await findInSetFile(path, address('20.0.0.3'))).toBe('20.0.0.0/29');
    expect(await findInSetFile(path, address('20.0.0.8'))).toBeNull();
    expect(await findInSetFile(path, address('20.0.0.8/28'))).toBe('20.0.0.0/29');
    expect(await findInSetFile(path, address('0.0.0.0/0'))).toBe('20.0.0.0/29');
    expect(await findInSetFile(path, address('2a00:270f:7fff::1'))).toBe('2a00:270f::/33');
    expect(await findInSetFile(path, address('::'))).toBeNull();
    expect(await findInSetFile(path, address('255.255.255.255'))).toBeNull();
    const near = fc.tuple(fc.nat(count + 10), fc.nat(31), fc.integer({ min: 20, max: 32 }));
    await fc.assert(
      fc.asyncProperty(near, fc.boolean(), async ([n, offset, length], is6) => {
        const asked = address(
          is6
            ? `2a00:${n.toString(16)}:${(offset << 11).toString(16)}::/${length + 12}`
            : `20.${n >> 12}.${(n >> 4) & 255}.${((n & 15) << 4) + (offset >> 1)}/${length}`,
        );
        const found = await findInSetFile(path, asked);
        expect(found !== null).toBe(overlaps(set, asked));
        if (found !== null) expect(contains(found, asked) || contains(asked, found)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('is refused when it is not all there, another file, or damaged', async () => {
    const damages: (() => Promise<void>)[] = [
      () => truncate(path, 0),
      () => truncate(path, 20),
      () => truncate(path, 4_000),
      () => appendFile(path, 'x'),
      () => writeFile(path, '1.2.3.4\n'.repeat(1_000)),
      async () => {
        const bytes = await readFile(path);
        await writeFile(path, bytes.fill(0xff, 16, 20));
      },
    ];
    for (const damage of damages) {
      await writeSetFile(path, many());
      await damage();
      await expect(readSetFile(path)).rejects.toMatchObject({ code: 'set_file_damaged' });
      await expect(findInSetFile(path, address('20.0.0.1'))).rejects.toMatchObject({
        code: 'set_file_damaged',
      });
    }
    await writeSetFile(path, many());
    const bytes = await readFile(path);
    bytes[5_000] = (bytes[5_000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await expect(readSetFile(path)).rejects.toMatchObject({ code: 'set_file_damaged' });
  });

  test('that is replaced is the old one or the new one for whoever reads it', async () => {
    const sets = [many(), fromAddresses([address('9.9.9.9')])];
    await writeSetFile(path, many());
    let writing = true;
    const reading = (async () => {
      const seen = new Set<number>();
      while (writing) seen.add((await readSetFile(path)).v4.length);
      return seen;
    })();
    for (let n = 0; n < 40; n++) await writeSetFile(path, sets[n % 2] ?? emptySet);
    writing = false;
    expect([...(await reading)].filter((length) => length !== 2 && length !== count * 2)).toEqual([]);
  });
});
