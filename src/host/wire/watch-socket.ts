/** The line to fail2ban, with every command told to whoever measures: its verb, how long it took, how it ended. */
import type { WatchCommand } from '../../base/watch.ts';
import type { Picklable } from './pickle-encode.ts';
import type { DaemonSocket } from './socket.ts';
import { DaemonError, WireError } from './wire-error.ts';

export function watchSocket(socket: DaemonSocket, watch: WatchCommand): DaemonSocket {
  return {
    ...socket,
    async send(command, options) {
      const ended = watch(verbOf(command));
      try {
        const reply = await socket.send(command, options);
        ended('ok');
        return reply;
      } catch (error) {
        ended(outcomeOf(error));
        throw error;
      }
    },
  };
}

/** `ping`, `get bantime`, `set banip`: of `get` and `set` also what, never which jail or address. */
function verbOf([word, target, what]: readonly Picklable[]): string {
  if (word !== 'get' && word !== 'set') return String(word);
  return `${word} ${String(what ?? target)}`;
}

function outcomeOf(error: unknown): string {
  if (error instanceof WireError) return error.state;
  return error instanceof DaemonError ? 'error' : 'not_sent';
}
