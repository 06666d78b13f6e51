import { expect, test } from 'vitest';
import { fileOfPath, readConfigView, viewOfPlace } from './config-view.ts';

test('what the page does not know leaves the URL', () => {
  expect(readConfigView({ tab: 'jails', view: 'form', line: '12', revision: '41', x: 'y' })).toEqual({
    view: 'form',
    line: '12',
    revision: '41',
  });
  expect(readConfigView({ tab: 'nonsense', line: '-1', revision: '0', file: '../../etc/passwd' })).toEqual(
    {},
  );
});

test('a path below the folder is a file of a kind, other paths are none', () => {
  expect(fileOfPath('jail.d/sshd.local')).toEqual({ kind: 'jail', name: 'sshd.local' });
  expect(fileOfPath('jail.conf')).toEqual({ kind: 'jail', name: 'jail.conf' });
  expect(fileOfPath('fail2ban.d/x.local')).toEqual({ kind: 'server', name: 'x.local' });
  expect(fileOfPath('filter.d/sshd.conf')).toEqual({ kind: 'filter', name: 'sshd.conf' });
  expect(fileOfPath('paths-debian.conf')).toBeNull();
});

test('a place opens its file as text at the line', () => {
  expect(viewOfPlace('action.d/x.conf', 7)).toEqual({
    tab: 'actions',
    file: 'action/x.conf',
    view: 'text',
    line: '7',
  });
});
