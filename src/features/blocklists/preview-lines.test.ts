/** How the beginning of a list is shown to a person. */
import { expect, test } from 'vitest';
import { previewLines } from './preview-lines.ts';

test('lines, with what follows an entry ignored, and ranges', () => {
  const text =
    '# kites\r\n20.0.0.1 ; since 2020\r\n20.0.0.9/24,x\r\n20.0.0.1 - 20.0.0.9\r\n10.0.0.1\r\nowl\r\n';
  expect(previewLines(text, { kind: 'lines' }).lines.map(({ entry, refusal }) => entry ?? refusal)).toEqual([
    '20.0.0.1',
    '20.0.0.0/24',
    '20.0.0.1-20.0.0.9',
    'reserved',
    'not_an_address',
  ]);
});

test('a column of separated values, by heading or number, with or without headings', () => {
  const text = '"Seen";"IP"\n"today";"20.0.0.1"\n';
  const found = { lines: [{ entry: '20.0.0.1' }], columns: ['Seen', 'IP'] };
  expect(previewLines(text, { kind: 'csv', column: 'ip' })).toMatchObject(found);
  expect(previewLines(text, { kind: 'csv', column: 2 })).toMatchObject(found);
  expect(previewLines('today,20.0.0.1\n', { kind: 'csv', column: 2 })).toMatchObject({
    lines: [{ entry: '20.0.0.1' }],
  });
});

test('members of JSON, in an array or one object a line, cut off anywhere', () => {
  const text = '{"cidr":"20.0.0.0/24","id":"SBL1"}\n{"cidr":"2606:4700::/32","id":"SB';
  expect(previewLines(text, { kind: 'json', member: 'cidr' })).toMatchObject({
    lines: [{ entry: '20.0.0.0/24' }, { entry: '2606:4700::/32' }],
    columns: ['cidr', 'id'],
  });
  expect(previewLines('["20.0.0.1", "owl"]', { kind: 'json', member: null }).lines).toHaveLength(2);
});

test('what a list’s maker wrote is shown harmlessly, and never much of it', () => {
  const [line] = previewLines(`\u001b[31m${'x'.repeat(10_000)}\u202e\n`, { kind: 'lines' }).lines;
  expect(line?.text).toMatch(/^\ufffd\[31mx+$/);
  expect(line?.text.length).toBe(200);
});
