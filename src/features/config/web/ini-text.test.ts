import { expect, test } from 'vitest';
import { changedOptions, optionIn, readIni, setOption } from './ini-text.ts';

const file = `# owner marta
[sshd]
enabled = true
# three tries
maxretry = 5
logpath = /var/log/a.log
          /var/log/b.log
bantime: 1h

[other]
maxretry = 2
`;

test('an option is replaced in place, and comments and other lines stay', () => {
  expect(setOption(file, 'sshd', 'maxretry', '3')).toBe(file.replace('maxretry = 5', 'maxretry = 3'));
  expect(setOption(file, 'sshd', 'bantime', '2h')).toBe(file.replace('bantime: 1h', 'bantime = 2h'));
});

test('a value of several lines is read whole, replaced whole, and taken away whole', () => {
  expect(optionIn(file, 'sshd', 'logpath')).toBe('/var/log/a.log\n/var/log/b.log');
  expect(setOption(file, 'sshd', 'logpath', '/x\n/y\n/z')).toContain(
    'logpath = /x\n          /y\n          /z\nbantime: 1h',
  );
  const without = setOption(file, 'sshd', 'logpath', null);
  expect(without).toBe(file.replace(/logpath.*\n.*b\.log\n/, ''));
});

test('a new option stands at the end of its section, a new section at the end of the file', () => {
  expect(setOption(file, 'sshd', 'findtime', '10m')).toContain('bantime: 1h\nfindtime = 10m\n\n[other]');
  expect(setOption(file, 'web', 'enabled', 'true')).toBe(`${file}\n[web]\nenabled = true\n`);
  expect(setOption('', 'web', 'enabled', 'true')).toBe('[web]\nenabled = true\n');
  expect(setOption('[web]\n', 'web', 'enabled', 'true')).toBe('[web]\nenabled = true\n');
});

test('taking away what is not set changes nothing', () => {
  expect(setOption(file, 'sshd', 'findtime', null)).toBe(file);
});

test('Windows line ends stay as they are', () => {
  expect(setOption('[a]\r\nx = 1\r\n', 'a', 'x', '2')).toBe('[a]\r\nx = 2\r\n');
});

test('the same name in another section is another option', () => {
  expect(optionIn(file, 'other', 'maxretry')).toBe('2');
  expect(optionIn(file, 'other', 'bantime')).toBeNull();
  expect(readIni(file).sections).toEqual([
    { name: 'sshd', line: 2 },
    { name: 'other', line: 10 },
  ]);
});

test('changed options are counted, moved lines and comments are not', () => {
  expect(changedOptions(file, file.replace('# three tries', '# tries'))).toEqual([]);
  expect(
    changedOptions(file, setOption(setOption(file, 'sshd', 'maxretry', '3'), 'web', 'port', '80')),
  ).toEqual([
    { section: 'sshd', key: 'maxretry' },
    { section: 'web', key: 'port' },
  ]);
});
