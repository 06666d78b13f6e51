/** The verbs of fail2ban itself, over the socket of this machine. */
import type { ServerVerbs } from './server-verbs.ts';
import type { ServerCommands } from './wire/server-commands.ts';

interface VerbsDeps {
  commands: ServerCommands;
  /** Turns failures of the wire into errors for a caller. */
  asked: <T>(verb: () => Promise<T>) => Promise<T>;
  /** What was read of the server before holds no longer. */
  onChange: () => void;
}

export function createServerVerbs({ commands, asked, onChange }: VerbsDeps): ServerVerbs {
  const changing = <T>(verb: () => Promise<T>): Promise<T> => asked(verb).finally(onChange);
  return {
    setLogLevel: (level) => changing(() => commands.setLogLevel(level)),
    setLogTarget: (target) => changing(() => commands.setLogTarget(target)),
    setPurgeAge: (seconds) => changing(() => commands.setPurgeAge(seconds)),
    setMaxMatches: (lines) => changing(() => commands.setMaxMatches(lines)),
    maxMatches: () => asked(() => commands.maxMatches()),
    flushLogs: () => asked(() => commands.flushLogs()),
    stop: () => asked(() => commands.stop()),
  };
}
