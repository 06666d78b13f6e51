/** The settings of fail2ban itself as they run and as they are configured, and what is lost by them. */
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { Host, HostStatus } from '../../host/host.ts';
import { readServerOptions, type ServerOption } from '../../host/server-settings.ts';
import { logLevels, logTargetWords } from '../../host/server-verbs.ts';
import type { readSettings } from './contract.ts';

export interface SettingsDeps {
  host: Host;
  /** fail2ban's. */
  configDir: string;
  /** Folders that log files may lie in. */
  logFolders: readonly string[];
}

type Answer = EndpointOutput<typeof readSettings>;
type Name = Answer['differs'][number];

export const optionOf: Readonly<Record<Name, ServerOption>> = {
  log_level: 'loglevel',
  log_target: 'logtarget',
  db_purge_age: 'dbpurgeage',
  db_max_matches: 'dbmaxmatches',
};
const names = ['log_level', 'log_target', 'db_purge_age', 'db_max_matches'] as const;

/** While fail2ban does not answer, running values are null. */
export async function currentSettings({ host, configDir, logFolders }: SettingsDeps): Promise<Answer> {
  const status = await host.refresh();
  const online = status.state === 'online';
  const running = {
    log_level: online ? (status.logLevel?.toUpperCase() ?? null) : null,
    log_target: online ? status.logTarget : null,
    db_purge_age: online ? status.purgeSeconds : null,
    db_max_matches: online ? await host.server.maxMatches() : null,
  };
  const options = await readServerOptions(configDir);
  const configured = {
    log_level: options.loglevel ?? null,
    log_target: options.logtarget ?? null,
    db_purge_age: options.dbpurgeage ?? null,
    db_max_matches: options.dbmaxmatches ?? null,
  };
  const differs = names.filter((name) => {
    const value = running[name];
    const wanted = configured[name];
    return value !== null && wanted !== null && String(value) !== wanted.value;
  });
  return {
    ...running,
    configured,
    differs,
    warnings: warningsOf(status),
    log_levels: [...logLevels],
    log_target_words: [...logTargetWords],
    log_folders: [...logFolders],
  };
}

const day = 86_400;

/** Bans are told as notices, starts and stops of jails as information. */
function warningsOf({ state, logLevel, logTarget, purgeSeconds }: HostStatus): string[] {
  if (state !== 'online') return [];
  const warnings: string[] = [];
  const level = logLevel?.toUpperCase() ?? 'INFO';
  if (['WARNING', 'ERROR', 'CRITICAL'].includes(level))
    warnings.push(
      `At ${level} fail2ban's log tells of no bans and unbans: the history learns of bans from the database only, and of no unbans.`,
    );
  if (level === 'NOTICE')
    warnings.push('At NOTICE the log tells of no failures and of no jail that starts or stops.');
  if (level === 'DEBUG') warnings.push('DEBUG writes many lines for each line that a jail reads.');
  if (logTarget !== null && !logTarget.startsWith('/'))
    warnings.push(
      `fail2ban logs to ${logTarget} and not to a file: the history learns of no unbans while BanGUI is off, and the log cannot be shown here.`,
    );
  if (purgeSeconds === null)
    warnings.push('fail2ban keeps no database: bans are not brought back after its next start.');
  else if (purgeSeconds < day)
    warnings.push(
      'fail2ban forgets bans that began more than a purge age ago: those that last longer are not brought back after its next start.',
    );
  return warnings;
}
