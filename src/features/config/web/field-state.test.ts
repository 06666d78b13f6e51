import { expect, test } from 'vitest';
import { fieldState } from './field-state.ts';

const shipped = { file: 'jail.conf', line: 101 };
const ours = { file: 'jail.d/sshd.local', line: 3 };
const file = (text: string, content: string | null) => ({
  text,
  path: 'jail.d/sshd.local',
  disk:
    content === null
      ? null
      : {
          content,
          etag: 'x',
          encoding: 'utf-8' as const,
          findings: [],
          kind: 'jail' as const,
          name: 'sshd.local',
          path: 'jail.d/sshd.local',
          layer: 'local' as const,
          writable: true,
          size: 1,
          modified_at: '2026-11-28T00:00:00Z',
          used_by: [],
          twin: null,
        },
});
const fromConf = { option: 'bantime', value: '600', written: '10m', origin: shipped, overrides: [] };
const fromUs = {
  option: 'bantime',
  value: '1h',
  written: '1h',
  origin: ours,
  overrides: [{ ...shipped, value: '10m' }],
};

test('what no file of ours sets shows the line that decides it', () => {
  expect(fieldState({ file: file('', null), section: 'sshd', option: 'bantime', value: fromConf })).toEqual({
    value: '10m',
    comesTo: '600',
    origin: shipped,
    ours: false,
    changed: false,
    below: null,
  });
});

test('a value that the draft sets leads back to the one it overrides', () => {
  const state = fieldState({
    file: file('[sshd]\nbantime = 2h\n', null),
    section: 'sshd',
    option: 'bantime',
    value: fromConf,
  });
  expect(state).toEqual({
    value: '2h',
    comesTo: null,
    origin: null,
    ours: true,
    changed: true,
    below: { value: '10m', place: shipped },
  });
});

test('a value of our file on the disk shows its line and what is under it', () => {
  const text = '[sshd]\nbantime = 1h\n';
  const state = fieldState({ file: file(text, text), section: 'sshd', option: 'bantime', value: fromUs });
  expect(state).toMatchObject({ value: '1h', origin: ours, ours: true, changed: false });
  expect(state.below).toMatchObject({ value: '10m', place: { file: 'jail.conf', line: 101 } });
});

test('taken away in the draft, what was overridden counts again', () => {
  const state = fieldState({
    file: file('[sshd]\n', '[sshd]\nbantime = 1h\n'),
    section: 'sshd',
    option: 'bantime',
    value: fromUs,
  });
  expect(state).toMatchObject({ value: '10m', ours: false, changed: true });
  expect(state.origin).toMatchObject(shipped);
});
