/** Asks one fail2ban how it is: a cheap sign of life, the counters of its jails, and what seldom changes. */
import type { Commands } from './wire/commands.ts';
import type { HostStatus, JailName, JailSnapshot } from './host.ts';
import { DaemonError, WireError } from './wire/wire-error.ts';

/** What a complete look adds to the status. */
export type Look = Server & Pick<HostStatus, 'jails'>;
type Server = Pick<HostStatus, 'version' | 'databaseFile' | 'logTarget' | 'logLevel' | 'purgeSeconds'>;

/** Settings of a jail that only an operator changes. */
type Settings = Pick<JailSnapshot, 'findSeconds' | 'maxRetry' | 'increments'>;

export interface Poll {
  /** Throws WireError when fail2ban does not answer. */
  ping(): Promise<void>;
  /** All counters now; settings too when they are old, unknown, or `afresh`. Throws WireError. */
  look(afresh: boolean): Promise<Look>;
}

/** Answers within it are the rule of a healthy fail2ban by a factor of a thousand. */
const pingDeadlineMs = 1250;
const settingsEveryMs = 30_000;
/** Twenty jails take 10 ms; a fail2ban that needs longer than this for all is not answering anybody. */
const lookDeadlineMs = 4000;

export function createPoll({ commands, now }: { commands: Commands; now: () => number }): Poll {
  const settings = new Map<JailName, Settings>();
  let server: Server | null = null;
  let settingsAt = 0;

  const settingsOf = async (jail: JailName): Promise<Settings> => {
    const known = settings.get(jail);
    if (known !== undefined) return known;
    const read = {
      findSeconds: await commands.findSeconds(jail),
      maxRetry: await commands.maxRetry(jail),
      increments: await commands.increments(jail),
    };
    settings.set(jail, read);
    return read;
  };

  /** Null for a jail that was stopped since the list was read. */
  const snapshotOf = async (name: JailName): Promise<JailSnapshot | null> => {
    try {
      const counters = await commands.jailCounters(name);
      // Each time: a change of it moves the end of every ban the jail holds.
      const banSeconds = await commands.banSeconds(name);
      return { name, ...counters, banSeconds, ...(await settingsOf(name)) };
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      settings.delete(name);
      return null;
    }
  };

  return {
    ping: () => commands.ping(pingDeadlineMs),
    async look(afresh) {
      if (afresh || now() - settingsAt >= settingsEveryMs) {
        settings.clear();
        server = null;
        settingsAt = now();
      }
      server ??= {
        version: await commands.version(),
        databaseFile: await commands.databaseFile(),
        logTarget: await commands.logTarget(),
        logLevel: await commands.logLevel(),
        purgeSeconds: await commands.purgeSeconds(),
      };
      const jails: JailSnapshot[] = [];
      const until = performance.now() + lookDeadlineMs;
      for (const name of await commands.jailNames()) {
        if (performance.now() > until)
          throw new WireError('unresponsive', 'fail2ban answers too slowly to be read.');
        const snapshot = await snapshotOf(name);
        if (snapshot !== null) jails.push(snapshot);
      }
      return { ...server, jails };
    },
  };
}
