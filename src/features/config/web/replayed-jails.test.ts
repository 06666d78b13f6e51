/** Which jails a draft is offered to be replayed in. */
import { expect, test } from 'vitest';
import { replayedJails } from './replayed-jails.ts';

const around = { active: ['sshd', 'web'], heads: [], open: null };
const draft = (kind: 'jail' | 'filter' | 'action', name: string, before: string, text: string) => ({
  id: { kind, name },
  draft: { base: null, before, text, savedAt: 0 },
  text,
});

test('of a file of jails those that are changed come first; what all share concerns all that run', () => {
  const before = '[sshd]\nmaxretry = 5\n[other]\nmaxretry = 5\n';
  const changed = draft('jail', 'x.local', before, before.replace(/5\n$/, '3\n'));
  expect(replayedJails(changed, around)).toEqual(['other', 'sshd']);
  expect(replayedJails(changed, { ...around, open: 'sshd' })).toEqual(['sshd', 'other']);
  const shared = draft('jail', 'jail.local', '', '[DEFAULT]\nfindtime = 1h\n');
  expect(replayedJails(shared, around)).toEqual(['sshd', 'web']);
});

test('of a filter those that use it in either layer, the running ones alone where there are any', () => {
  const heads = [
    { name: 'sshd.conf', used_by: ['sshd', 'ssh-off'] },
    { name: 'sshd.local', used_by: ['sshd'] },
    { name: 'never.conf', used_by: ['manual'] },
  ];
  const filter = draft('filter', 'sshd.local', '', '[Definition]\n');
  expect(replayedJails(filter, { ...around, heads })).toEqual(['sshd']);
  expect(replayedJails(filter, { ...around, heads, active: [] })).toEqual(['sshd', 'ssh-off']);
  expect(replayedJails(filter, around)).toEqual([]);
});

test('without a draft, and for actions, there is nothing to replay', () => {
  expect(replayedJails(null, around)).toBeNull();
  expect(replayedJails({ ...draft('jail', 'x.local', '', ''), draft: null }, around)).toBeNull();
  expect(replayedJails(draft('action', 'x.local', '', '[Definition]\n'), around)).toBeNull();
});
