/** Reloads jails by fail2ban's own client: it alone reads the configuration and tells the daemon what it says. */
import type { JailName } from './host.ts';
import { inPath } from './practice/programs.ts';
import { runCaged } from './regex/caged-run.ts';

interface ReloaderDeps {
  /** fail2ban-client; null: on PATH. */
  client: string | null;
  configDir: string;
  socketPath: string;
}

export type ReloadEnd = { ok: true } | { ok: false; said: string };

export interface Reloader {
  /**
   * Each of these jails, or everything when null. A jail that does not run is started when it is configured and
   * enabled; one that is disabled by now is stopped; one that is in no file any more is left as it is, and said so.
   * A jail that runs on with other actions than before needs `restart`: fail2ban's plain reload takes the old actions
   * away and does not start the new ones. It ends the jail's bans and makes them anew.
   */
  reload(jails: readonly JailName[] | null, how?: { restart: boolean }): Promise<ReloadEnd>;
}

const programName = 'fail2ban-client';
/** Of one call: a jail that stops runs a program for each of its bans, on fail2ban's only thread. */
const withinMs = 10_000;
const outputBytes = 256 * 1024;

export function createReloader({ client, configDir, socketPath }: ReloaderDeps): Reloader {
  const call = async (program: string, words: readonly string[]): Promise<ReloadEnd> => {
    const end = await runCaged({
      program,
      args: ['-c', configDir, '-s', socketPath, 'reload', ...words],
      input: '',
      withinMs,
      outputBytes,
      signal: new AbortController().signal,
    });
    if (end.kind === 'ended') return { ok: true };
    if (end.kind === 'failed') return { ok: false, said: reasonOf(program, `${end.said}\n${end.output}`) };
    return { ok: false, said: `fail2ban-client did not end within ${withinMs / 1000} s.` };
  };
  return {
    async reload(jails, { restart } = { restart: false }) {
      const program = client ?? (await inPath(programName));
      if (program === null) return { ok: false, said: missing };
      const options = restart ? ['--restart'] : [];
      if (jails === null) return await call(program, options);
      for (const jail of jails) {
        const end = await call(program, [...options, '--if-exists', jail]);
        if (!end.ok) return end;
      }
      return { ok: true };
    },
  };
}

const missing =
  'fail2ban-client is not installed here, or not on PATH. Install it, or name it in BANGUI_FAIL2BAN_CLIENT.';

/** Without what it says always (`allowipv6 not defined`) and the stamps of its log lines. */
function reasonOf(program: string, said: string): string {
  if (said.startsWith(`spawn ${program} `))
    return `${program} cannot be run. Correct BANGUI_FAIL2BAN_CLIENT.`;
  const lines = said
    .split('\n')
    .map((line) =>
      line.replace(/^[\d-]+ [\d:,]+ fail2ban\S*\s+\[\d+\]: (?:ERROR|WARNING|CRITICAL)\s+/, '').trim(),
    )
    .filter((line) => line !== '' && !line.includes('allowipv6'));
  return lines.slice(-5).join(' ').slice(0, 1_000) || 'fail2ban-client ended with an error and said nothing.';
}
