import { expect, test } from 'vitest';
import { localPath, oneOf, parseSearch, stringifySearch, textOf } from './url-state.ts';

test('a view survives the way into the URL and back', () => {
  const view = { jail: 'sshd', search: '2001:db8::/32', row: '192.0.2.1@sshd', sort: '-banned_at' };
  expect(parseSearch(stringifySearch(view))).toEqual(view);
});

test('an address stays readable in the URL', () => {
  expect(stringifySearch({ search: '2001:db8::/32' })).toBe('?search=2001:db8::/32');
});

test('text that looks like a number stays text', () => {
  expect(parseSearch('?search=10')).toEqual({ search: '10' });
});

test('empty and missing values leave the URL', () => {
  expect(stringifySearch({ jail: '', search: undefined })).toBe('');
});

test('a value outside the list is dropped', () => {
  expect(oneOf(['own', 'manual'], 'manual')).toBe('manual');
  expect(oneOf(['own', 'manual'], 'theirs')).toBeUndefined();
  expect(oneOf(['own', 'manual'], ['own'])).toBeUndefined();
});

test('text is trimmed and cut', () => {
  expect(textOf('  abc  ', 2)).toBe('ab');
  expect(textOf('   ', 10)).toBeUndefined();
  expect(textOf(7, 10)).toBeUndefined();
});

test('signing in leads on to the page asked for', () => {
  expect(localPath('/bans?jail=sshd')).toBe('/bans?jail=sshd');
});

test.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/x/..//evil.example',
  'javascript:alert(1)',
  '',
  'bans',
  null,
])('signing in never leads to another site: %j', (value) => {
  expect(localPath(value)).toBe('/');
});

test('signing in does not lead back to signing in', () => {
  expect(localPath('/login?next=/login')).toBe('/');
});
