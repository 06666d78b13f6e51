/** Lists as they are found, and as somebody might make them to do harm. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { walkMet } from '../../base/address-set/walk-met.ts';
import { fromAddresses } from '../../base/address-set/address-set.ts';
import { parseAddress } from '../../base/address.ts';
import type { ListFormat } from './contract.ts';
import type { ReadEnd } from './list-jobs.ts';
import { readList } from './read-list.ts';
import { readSetFile } from './set-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bangui-lists-'));
});
afterAll(() => rm(folder, { recursive: true }));

const all = fromAddresses(['0.0.0.0/0', '::/0'].flatMap((text) => parseAddress(text) ?? []));

interface Asked {
  format?: ListFormat;
  maxBytes?: number;
  previous?: string;
}

/** What was made of the list, and the entries it came to. */
async function read(
  list: string | Buffer,
  { format = { kind: 'auto' }, maxBytes = 2 ** 28, previous }: Asked = {},
): Promise<ReadEnd & { entries: string[] }> {
  const file = join(folder, 'list');
  const setFile = join(folder, 'list.set');
  await rm(setFile, { force: true });
  await writeFile(file, list);
  const end = await readList({ file, format, setFile, previous: previous ?? null, maxBytes }, () => {});
  return { ...end, entries: end.looksLike === 'list' ? await entriesOf(setFile) : [] };
}

async function entriesOf(setFile: string): Promise<string[]> {
  const entries: string[] = [];
  walkMet(await readSetFile(setFile), all, (entry) => void entries.push(entry()));
  return entries;
}

const lines = { kind: 'lines' } as const;
const [a, b, c] = ['1.2.3.4', '5.6.7.0/24', '2a00:1450::/32'];

describe('a list of lines', () => {
  test.each([
    [
      'comments, trailing text and tabs',
      `# head\n; head\n// head\n\n ${a} ; SBL1\n\t${b}\t10\n${c} # seen\n`,
    ],
    ['Windows line ends', `${a}\r\n\r\n#x\r\n${b}\r\n${c}\r\n`],
    ['no end of the last line', `${a}\n${b}\n${c}`],
    ['a byte order mark', `\ufeff${a}\n${b}\n${c}\n`],
    ['UTF-16, little end first', Buffer.from(`\ufeff${a}\n${b}\n${c}\n`, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(`\ufeff${a}\n${b}\n${c}\n`, 'utf16le').swap16()],
    ['Latin-1 in comments', Buffer.from(`# caf\xe9\n${a} caf\xe9\n${b}\n${c}\n`, 'latin1')],
    ['gzip', gzipSync(`${a}\n${b}\n${c}\n`)],
    ['gzip in two members', Buffer.concat([gzipSync(`${a}\n${b}`), gzipSync(`\n${c}\n`)])],
    [
      'ranges',
      `1.2.3.4-1.2.3.4\n5.6.7.0 - 5.6.7.255 office\n2a00:1450:: - 2a00:1450:ffff:ffff:ffff:ffff:ffff:ffff\n`,
    ],
    ['other spellings', `::ffff:1.2.3.4\n5.6.7.0/25\n5.6.7.128/25\n2A00:1450:0:0:0:0:0:0/32\n`],
    ['commas and bars', `${a},abuse\n${b}|abuse\n${c};abuse\n`],
  ])('is read with %s', async (_what, text) => {
    const end = await read(text);
    expect(end.entries).toEqual([a, b, c]);
    expect(end.format).toEqual(lines);
    expect(end.counts.invalid).toBe(0);
    expect(end.sizes).toEqual({ v4Addresses: 257, v4Entries: 2, v6Entries: 1 });
  });

  test('counts what is no entry, with examples of each kind', async () => {
    const end = await read(
      `${a}\n01.2.3.4\n10.1\n0x7f.1.1.1\nexample.org\n1.2.3.4:80\n1.2.3.4/33\n` +
        '10.1.2.3\n192.168.0.0/16\n1.0.0.0/7\n::/0\n9.255.255.255-10.0.0.0\n2a00:1450::1/32\n224.0.0.1\n1.2.3.4\n',
      { format: lines },
    );
    expect(end.entries).toEqual([a, c]);
    expect(end.counts).toEqual({
      lines: 15,
      valid: 9,
      invalid: 6,
      reserved: 6,
      duplicates: 1,
      prefixes: 2,
      added: 2,
      removed: 0,
    });
    const kinds = new Map(end.refusals.map((one) => [one.kind, one]));
    expect(kinds.get('not_an_address')).toMatchObject({
      count: 6,
      examples: [{ line: 2, text: '01.2.3.4', meets: null }, {}, {}, {}, {}, {}],
    });
    expect(kinds.get('reserved')?.examples).toEqual([
      { line: 8, text: '10.1.2.3', meets: 'private use' },
      { line: 9, text: '192.168.0.0/16', meets: 'private use' },
      { line: 12, text: '9.255.255.255-10.0.0.0', meets: 'private use' },
      { line: 14, text: '224.0.0.1', meets: 'multicast' },
    ]);
    expect(kinds.get('too_wide')?.examples.map(({ text }) => text)).toEqual(['1.0.0.0/7', '::/0']);
    expect(kinds.get('host_bits')?.examples.map(({ text }) => text)).toEqual(['2a00:1450::1/32']);
  });

  test('counts an entry as held already wherever it stands', async () => {
    const end = await read('5.6.7.9\n5.6.7.0/24\n5.6.7.0/24\n5.6.7.0/25\n5.6.8.0/24\n');
    expect(end.entries).toEqual(['5.6.7.0/24', '5.6.8.0/24']);
    expect(end.counts).toMatchObject({ valid: 5, duplicates: 3, prefixes: 2 });
  });

  test('keeps no more than 20 examples and 200 harmless characters of each', async () => {
    const end = await read(`${a}\n${`\u001b[2J\u202e\u0007x${'y'.repeat(3_000)}\n`.repeat(500)}`);
    expect(end.refusals).toMatchObject([{ kind: 'not_an_address', count: 500 }]);
    const { examples } = end.refusals[0] ?? expect.unreachable();
    expect(examples).toHaveLength(20);
    expect(examples[0]?.text).toBe(`\ufffd[2J\ufffd\ufffdx${'y'.repeat(193)}`);
  });

  test('says what came and went since the version before', async () => {
    await read(`${a}\n${b}\n2a00:1450::/32\n2a01::/32\n`);
    const previous = join(folder, 'before.set');
    await readList(
      { file: join(folder, 'list'), format: lines, setFile: previous, previous: null, maxBytes: 1_000 },
      () => {},
    );
    const end = await read('5.6.7.0/25\n9.9.9.9\n2a00:1450::/32\n2a02::/32\n2a03::/32\n', { previous });
    expect(end.counts).toMatchObject({ added: 3, removed: 1 + 128 + 1 });
    expect((await read(`${a}\n`, { previous: join(folder, 'gone.set') })).counts).toMatchObject({
      added: 1,
      removed: 0,
    });
  });

  test('refuses lines longer than 4 KiB, and reads on after them', async () => {
    const long = `${a} ${'x'.repeat(5_000)}`;
    const longer = `${a} ${'x'.repeat(700_000)}`;
    const end = await read(`${long}\n${b}\n${longer}\n${c}\n${longer}`);
    expect(end.entries).toEqual([b, c]);
    expect(end.counts).toMatchObject({ lines: 5, valid: 2, invalid: 3 });
  });

  test('is the same wherever its bytes are cut into pieces', async () => {
    const many = Array.from(
      { length: 60_000 },
      (_, n) => `11.${n >> 16}.${(n >> 8) & 255}.${n & 255} ${'.'.repeat(n % 23)}`,
    );
    const end = await read(many.join('\n'));
    expect(end.counts).toMatchObject({ lines: 60_000, valid: 60_000, invalid: 0, duplicates: 0 });
    expect(end.sizes.v4Addresses).toBe(60_000);
  });
});

describe('separated values', () => {
  const csv = (column: number | string): ListFormat => ({ kind: 'csv', column });
  const quoted = `"first seen","dst, ip"\n"2026, May",${a}\n"say ""hi""" , "${b}" \nx,"${c}"\n`;

  test.each([
    ['a number', quoted, csv(2)],
    ['a heading', quoted, csv('DST, IP')],
    ['semicolons', `when;ip\n1;${a}\n2;${b}\n3;${c}\n`, csv('ip')],
    ['tabs', `1\t${a}\n2\t${b}\n3\t${c}\n`, csv(2)],
    [
      'headings in a comment',
      `# About\n# Firstseen,DstIP,Port\n1,${a},80\n2,${b},80\n3,${c},80\n`,
      csv('DstIP'),
    ],
    ['nothing told', `id,ip\n1,${a}\n2,${b}\n3,${c}\n`, { kind: 'auto' } as const],
    [
      'nothing told, and quotes',
      `"id","ip"\n"1","${a}"\n"2","${b}"\n"3","${c}"\n`,
      { kind: 'auto' } as const,
    ],
  ])('are read by %s', async (_what, text, format) => {
    const end = await read(text, { format });
    expect(end.entries).toEqual([a, b, c]);
    expect(end.counts).toMatchObject({ lines: 3, invalid: 0 });
    expect(end.format).toEqual(format.kind === 'auto' ? csv(2) : format);
  });

  test('refuse a field that holds more than an entry, and lines that have no such field', async () => {
    const end = await read(`1,${a}\n2,${a} and ${b}\n3\n"4,${b}\n5,"${a}"x\n`, { format: csv(2) });
    expect(end.entries).toEqual([a]);
    expect(end.counts).toMatchObject({ lines: 5, valid: 1, invalid: 4 });
  });

  test('without the heading that was asked for are refused', async () => {
    await expect(read(`id,ip\n1,${a}\n`, { format: csv('address') })).rejects.toMatchObject({
      code: 'list_column_missing',
      message: 'The list has no column “address”. Its first line has: id, ip.',
    });
  });
});

describe('JSON', () => {
  const json = (member: string | null): ListFormat => ({ kind: 'json', member });
  const objects = [a, b, c].map((cidr, n) => ({ id: n, rir: 'ripe', cidr, deep: { cidr: [cidr, 7, null] } }));

  test.each([
    ['texts', JSON.stringify([a, b, c], null, 2), json(null)],
    ['lists by name', JSON.stringify({ hooks: [a], web: [b, c], about: '9.9.9.9' }), json(null)],
    ['objects', JSON.stringify(objects), json('cidr')],
    [
      'an object a line',
      `${objects.map((one) => JSON.stringify(one)).join('\n')}\n{"type":"metadata"}\n`,
      json('cidr'),
    ],
    ['a list under a name', JSON.stringify({ made: '9.9.9.9', ips: [a, b, c] }), json('ips')],
    ['escapes', JSON.stringify([a, b, c]).replaceAll('/', '\\/').replace('1', '\\u0031'), json(null)],
  ])('is read when it holds %s', async (_what, text, format) => {
    for (const asked of [format, { kind: 'auto' } as const]) {
      const end = await read(text, { format: asked });
      if (asked.kind === 'auto' && text.includes('made')) continue;
      expect(end.entries).toEqual([a, b, c]);
      expect(end.format).toEqual(format);
      expect(end.counts.invalid).toBe(0);
    }
  });

  test('counts texts that are no entries, without lines', async () => {
    const end = await read(JSON.stringify([a, 'x', `${a}\n`, '10.0.0.1', 'y'.repeat(5_000)]));
    expect(end.entries).toEqual([a]);
    expect(end.counts).toMatchObject({ lines: 5, valid: 2, invalid: 3, reserved: 1 });
    expect(end.refusals[0]?.examples[0]).toEqual({ line: null, text: 'x', meets: null });
  });

  test.each([
    ['cut off', `["${a}","${b}"`],
    ['cut off in a text', `["${a}","5.6`],
    ['wrongly closed', `["${a}"}`],
    ['no JSON behind its beginning', `["${a}", <html>]`],
    ['nested without end', `["${a}", ${'['.repeat(100_000)}`],
  ])('is refused when it is %s', async (_what, text) => {
    await expect(read(text)).rejects.toMatchObject({ status: 422, code: 'list_json_broken' });
    expect(await readdir(folder)).not.toContain('list.set');
  });
});

describe('what is no list', () => {
  test.each([
    ['html', '<!DOCTYPE html><html><body>1.2.3.4 is blocked</body></html>'],
    ['html', '\r\n  <html>\n1.2.3.4\n'],
    ['html', `<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`],
    ['binary', Buffer.from(`PK\u0003\u0004${'\0'.repeat(20)}1.2.3.4\n`)],
    ['binary', Buffer.from('1.2.3.4\n5.6.7.8\n', 'utf16le')],
    ['empty', ''],
    ['empty', '\n# nothing today\n\n'],
    ['empty', gzipSync('')],
  ])('is told as %s', async (looksLike, text) => {
    for (const format of [{ kind: 'auto' }, lines] as const) {
      const end = await read(text, { format });
      expect(end).toMatchObject({ looksLike, counts: { valid: 0 } });
      expect(await readdir(folder)).not.toContain('list.set');
    }
  });

  test.each([
    ['unpacked bytes without end', gzipSync(Buffer.alloc(3_000_000, 'x')), 'list_too_large'],
    ['many lines', Buffer.alloc(1_000_001, '1.2.3.4\n'), 'list_too_large'],
    ['a gzip file cut off', gzipSync(`${a}\n`.repeat(1_000)).subarray(0, -10), 'list_gzip_broken'],
    ['a damaged gzip file', gzipSync(`${a}\n`.repeat(1_000)).fill(0xff, 20, 30), 'list_gzip_broken'],
  ])('is refused: %s', async (_what, bytes, code) => {
    await expect(read(bytes, { maxBytes: 1_000_000 })).rejects.toMatchObject({ status: 422, code });
    expect(await readdir(folder)).not.toContain('list.set');
  });
});
