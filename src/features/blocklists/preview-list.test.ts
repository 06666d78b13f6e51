/** What is shown of a list before it is taken. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { previewList } from './preview-list.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bangui-preview-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function preview(text: string): ReturnType<typeof previewList> {
  const file = join(folder, 'list');
  await writeFile(file, text);
  return await previewList(file, { kind: 'auto' });
}

test('a list of lines is shown entry by entry, with what is not taken', async () => {
  const lines = ['1.2.3.4 # a', '1.2.3.5/24', '1.2.3.4-1.2.3.6', '10.0.0.0/8', 'host.example'];
  const shown = await preview(`# About\n${lines.join('\n')}\n`);
  expect(shown).toEqual({
    format: { kind: 'lines' },
    looksLike: 'list',
    lines: [
      { text: '1.2.3.4 # a', entry: '1.2.3.4', refusal: null },
      { text: '1.2.3.5/24', entry: '1.2.3.0/24', refusal: 'host_bits' },
      { text: '1.2.3.4-1.2.3.6', entry: '1.2.3.4-1.2.3.6', refusal: null },
      { text: '10.0.0.0/8', entry: '10.0.0.0/8', refusal: 'reserved' },
      { text: 'host.example', entry: null, refusal: 'not_an_address' },
    ],
    columns: [],
  });
});

test('at most 50 entries of objects that are cut off are shown, and their members', async () => {
  const objects = Array.from({ length: 9_000 }, (_, n) => ({
    id: `s${n}`,
    cidr: `2a00:${n.toString(16)}::/32`,
  }));
  const shown = await preview(JSON.stringify(objects).slice(0, -5));
  expect(shown.format).toEqual({ kind: 'json', member: 'cidr' });
  expect(shown.columns).toEqual(['id', 'cidr']);
  expect(shown.lines).toHaveLength(50);
  expect(shown.lines[49]).toEqual({ text: '2a00:31::/32', entry: '2a00:31::/32', refusal: null });
});
