/** Commands that change one jail while it runs, and what can be read of its actions. */
import type { IgnoreEntry } from '../ignore-entry.ts';
import type { JailAction, JailName } from '../host.ts';
import { asTexts } from './parse-value.ts';
import type { DaemonSocket } from './socket.ts';
import { DaemonError } from './wire-error.ts';

/** Every function throws WireError without a proper answer, and DaemonError when fail2ban refuses. */
export interface JailCommands {
  idle(jail: JailName, on: boolean): Promise<void>;
  ignoreList(jail: JailName): Promise<string[]>;
  /** The list afterwards. */
  addIgnore(jail: JailName, entry: IgnoreEntry): Promise<string[]>;
  /** False when the list does not hold it. Only what fail2ban itself lists is ever sent. */
  dropIgnore(jail: JailName, entry: string): Promise<boolean>;
  actions(jail: JailName): Promise<JailAction[]>;
}

export function createJailCommands({ socket }: { socket: DaemonSocket }): JailCommands {
  const ignoreList = async (jail: JailName): Promise<string[]> =>
    asTexts(await socket.send(['get', jail, 'ignoreip']));
  return {
    async idle(jail, on) {
      await socket.send(['set', jail, 'idle', on ? 'on' : 'off']);
    },
    ignoreList,
    addIgnore: async (jail, entry) => asTexts(await socket.send(['set', jail, 'addignoreip', entry])),
    async dropIgnore(jail, entry) {
      if (!(await ignoreList(jail)).includes(entry)) return false;
      try {
        await socket.send(['set', jail, 'delignoreip', entry]);
        return true;
      } catch (error) {
        // Somebody else was faster.
        if (error instanceof DaemonError && error.pyClass.endsWith('ValueError')) return false;
        throw error;
      }
    },
    async actions(jail) {
      const actions: JailAction[] = [];
      for (const name of asTexts(await socket.send(['get', jail, 'actions']))) {
        const properties = asTexts(await socket.send(['get', jail, 'actionproperties', name]));
        actions.push({ name, properties: properties.toSorted() });
      }
      return actions;
    },
  };
}
