/** Which URLs of lists are refused as soon as they are written down. */
import { expect, test } from 'vitest';
import { checkUrl } from './check-url.ts';

test('a URL of the internet is taken in its one spelling', () => {
  expect(checkUrl('HTTPS://Lists.Example/all.txt#top', { allowPrivate: false })).toBe(
    'https://lists.example/all.txt',
  );
});

test.each([
  'lists.example/all.txt',
  'file:///etc/passwd',
  'ftp://lists.example/all.txt',
  'https://marta:secret@lists.example/all.txt',
  'http://127.0.0.1/all.txt',
  'http://0x7f.1/all.txt',
  'http://[::1]/all.txt',
  'http://[::ffff:10.0.0.1]/all.txt',
  'http://192.168.1.10:8080/all.txt',
  'http://localhost./all.txt',
])('%s is refused', (url) => {
  expect(() => checkUrl(url, { allowPrivate: false })).toThrow();
});

test('private addresses can be allowed, those of link-local and metadata services never', () => {
  expect(checkUrl('http://127.0.0.1:81/all.txt', { allowPrivate: true })).toBe('http://127.0.0.1:81/all.txt');
  for (const url of ['http://169.254.169.254/latest', 'http://[fe80::1]/all.txt'])
    expect(() => checkUrl(url, { allowPrivate: true })).toThrow();
});
