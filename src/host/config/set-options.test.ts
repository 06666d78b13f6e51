/** Setting options in the text of a configuration file. */
import { expect, test } from 'vitest';
import { setOptions } from './set-options.ts';

const set = (text: string, values: Record<string, string>): string => setOptions(text, 'Definition', values);

test('an option is written in its place, and nothing else moves', () => {
  const text = '# ours\n[Definition]\nloglevel = INFO\n# why\ndbpurgeage: 1d\n\n[Thread]\nstacksize = 0\n';
  expect(set(text, { dbpurgeage: '604800' })).toBe(text.replace('dbpurgeage: 1d', 'dbpurgeage = 604800'));
});

test('a new option comes first in its section, which is made when there is none', () => {
  expect(set('[Thread]\nstacksize = 0\n', { loglevel: 'INFO' })).toBe(
    '[Thread]\nstacksize = 0\n\n[Definition]\nloglevel = INFO\n',
  );
  expect(set('', { loglevel: 'INFO', logtarget: '/var/log/f.log' })).toBe(
    '[Definition]\nlogtarget = /var/log/f.log\nloglevel = INFO\n',
  );
  expect(set('[Definition]\na = 1', { loglevel: 'INFO' })).toBe('[Definition]\nloglevel = INFO\na = 1\n');
});

test('lines that continue the old value go, line ends of either kind stay', () => {
  expect(set('[Definition]\r\nlogtarget = a\r\n  b\r\nloglevel = X\r\n', { logtarget: '/x' })).toBe(
    '[Definition]\r\nlogtarget = /x\r\nloglevel = X\r\n',
  );
});

test('an option of the same name in another section is another one', () => {
  expect(set('[Other]\nloglevel = X\n[Definition]\n', { loglevel: 'INFO' })).toBe(
    '[Other]\nloglevel = X\n[Definition]\nloglevel = INFO\n',
  );
});
