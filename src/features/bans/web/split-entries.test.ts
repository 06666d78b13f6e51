import { expect, test } from 'vitest';
import { splitEntries } from './split-entries.ts';

test('lines, commas, semicolons and spaces part entries', () => {
  expect(splitEntries('192.0.2.1, 192.0.2.2;192.0.2.3\n\n 2001:db8::/32\t192.0.2.4')).toEqual([
    '192.0.2.1',
    '192.0.2.2',
    '192.0.2.3',
    '2001:db8::/32',
    '192.0.2.4',
  ]);
});

test('a comment is no entry', () => {
  expect(splitEntries('# scanners\n192.0.2.1 # seen twice')).toEqual(['192.0.2.1']);
});

test('what is no address stays in, so that it can be called wrong', () => {
  expect(splitEntries('hello')).toEqual(['hello']);
});

test('no more than the server takes', () => {
  expect(splitEntries('192.0.2.1\n'.repeat(10_001))).toHaveLength(10_000);
  expect(splitEntries('a'.repeat(5000))[0]).toHaveLength(200);
});
