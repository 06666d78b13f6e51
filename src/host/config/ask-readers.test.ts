/** The process in which fail2ban's readers are kept: one at a time, started again when it is gone, ended with us. */
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createReaders } from './ask-readers.ts';

const request = { configDir: '/etc/fail2ban', jails: null, paths: ['filter.d/sshd'] };

test('it is asked again and again, started again when it was killed, and ended with the one who asked', async () => {
  const readers = createReaders({ program: null });
  const ask = async () => (await readers.ask(request)).kind;
  expect(await Promise.all([ask(), ask()])).toEqual(['answered', 'answered']);
  const [first, ...others] = await ourReaders();
  expect(others).toEqual([]);
  process.kill(first ?? expect.fail('no process'), 'SIGKILL');
  expect(await ask()).toBe('answered');
  const again = await ourReaders();
  expect(again).toHaveLength(1);
  expect(again).not.toContain(first);
  await readers.close();
  expect(await ourReaders()).toEqual([]);
  expect(await readers.ask(request)).toEqual({ kind: 'failed', sentence: 'BanGUI is stopping.' });
});

/** Processes that this one has started to read a configuration. */
async function ourReaders(): Promise<number[]> {
  const found = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [status, command] = await Promise.all(
      ['status', 'cmdline'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
    );
    const ours = status?.includes(`PPid:\t${process.pid}\n`) === true;
    if (ours && command?.includes('read-config.py') === true) found.push(Number(pid));
  }
  return found;
}
