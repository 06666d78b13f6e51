/** The verbs of a host that act on one jail. */
import type { Host } from './host.ts';
import type { Commands } from './wire/commands.ts';
import { createJailCommands } from './wire/jail-commands.ts';
import type { DaemonSocket } from './wire/socket.ts';

export type JailVerbs = Pick<Host, 'stopJail' | 'idleJail' | 'addIgnore' | 'dropIgnore' | 'actionsOf'>;

interface JailVerbsDeps {
  socket: DaemonSocket;
  commands: Commands;
  /** Turns failures into what the caller of the HTTP interface shall see. */
  asked: <T>(verb: () => Promise<T>) => Promise<T>;
}

export function createJailVerbs({ socket, commands, asked }: JailVerbsDeps): JailVerbs {
  const jails = createJailCommands({ socket });
  return {
    stopJail: (jail) =>
      asked(async () => {
        const { currentlyBanned } = await commands.jailCounters(jail);
        await commands.stop(jail);
        return currentlyBanned;
      }),
    idleJail: (jail, on) => asked(() => jails.idle(jail, on)),
    addIgnore: (jail, entry) => asked(() => jails.addIgnore(jail, entry)),
    dropIgnore: (jail, entry) => asked(() => jails.dropIgnore(jail, entry)),
    actionsOf: (jail) => asked(() => jails.actions(jail)),
  };
}
