/** What measuring hears of commands: verbs and outcomes, never jails or addresses. */
import { expect, test } from 'vitest';
import type { DaemonSocket } from './socket.ts';
import { watchSocket } from './watch-socket.ts';
import { DaemonError, WireError } from './wire-error.ts';

async function heard(command: readonly string[], fails: Error | null): Promise<string[]> {
  const told: string[] = [];
  const socket: DaemonSocket = {
    send: async () => {
      if (fails !== null) throw fails;
      return 'pong';
    },
    inspect: () => ({ open: 0, opened: 0, waiting: 0 }),
    close: () => undefined,
  };
  const watched = watchSocket(socket, (verb) => (outcome) => void told.push(verb, outcome));
  const sent = watched.send(command);
  if (fails === null) expect(await sent).toBe('pong');
  else await expect(sent).rejects.toBe(fails);
  return told;
}

test.each([
  [['ping'], 'ping'],
  [['status', 'sshd', 'short'], 'status'],
  [['get', 'dbfile'], 'get dbfile'],
  [['get', 'sshd', 'bantime'], 'get bantime'],
  [['set', 'sshd', 'banip', '192.0.2.1'], 'set banip'],
  [['unban', '192.0.2.1'], 'unban'],
])('%j is %s', async (command, verb) => {
  expect(await heard(command, null)).toEqual([verb, 'ok']);
});

test.each([
  [new WireError('unresponsive', 'busy'), 'unresponsive'],
  [new DaemonError('UnknownJailException', 'sshd'), 'error'],
  [new TypeError('marker in a command'), 'not_sent'],
])('%s is %s, and reaches the caller', async (error, outcome) => {
  expect(await heard(['ping'], error)).toEqual(['ping', outcome]);
});
