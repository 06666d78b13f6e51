/** Every `BANGUI_*` setting: name, kind, default and the sentence that documents it. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { StartError } from './base/start-error.ts';
import { blocklistSettings, readBlocklist } from './blocklist-settings.ts';
import { readText, unknownNames, type Environment } from './environment.ts';
import { fail2banSettings, readFail2ban } from './fail2ban-settings.ts';
import { historySettings, readHistory } from './history-settings.ts';
import { geoSettings, readGeo } from './geo-settings.ts';
import { logTarget, type LogTarget } from './log-target.ts';
import { monitoringSettings, readMonitoring } from './monitoring-settings.ts';
import { readSession, sessionSettings } from './session-settings.ts';
import {
  choice,
  networks,
  origins,
  serverUrl,
  text,
  wholeNumber,
  type Reading,
  type Setting,
} from './setting.ts';
import { readTraces } from './traces.ts';

const developmentOrigins = [
  'http://localhost:5173',
  'https://localhost:5173',
  'http://127.0.0.1:5173',
  'https://127.0.0.1:5173',
];

/** The order is the order of the documentation. */
export const settings = {
  listenHost: text({
    name: 'LISTEN_HOST',
    fallback: '127.0.0.1',
    sentence: 'Address the pages and the API are served on; `0.0.0.0` in containers.',
  }),
  port: wholeNumber({
    name: 'PORT',
    from: 0,
    to: 65_535,
    fallback: 8000,
    sentence: 'Port the pages and the API are served on; `0` takes any free one.',
  }),
  hostName: text({
    name: 'HOST_NAME',
    fallback: hostname(),
    shownDefault: "this machine's name",
    sentence: 'Name of the watched machine, shown beside the mark.',
  }),
  databasePath: text({
    name: 'DATABASE_PATH',
    fallback: 'data/bangui.db',
    sentence:
      'File of the embedded database; `/var/lib/bangui/bangui.db` in containers. Its folder is made when missing. Must not lie on a network file system.',
  }),
  databaseUrl: serverUrl({
    name: 'DATABASE_URL',
    schemes: ['postgres', 'postgresql'],
    sentence:
      'Uses PostgreSQL instead of the embedded database, for several instances: `postgres://user:password@host/name`. Needs `BANGUI_SESSION_SECRET`. `bangui database copy` moves an installation there and back.',
  }),
  redisUrl: serverUrl({
    name: 'REDIS_URL',
    schemes: ['redis', 'rediss'],
    sentence:
      'Where several instances keep the scheduler lock, and share limits and live events: `redis://user:password@host/0`. Without it they do so through PostgreSQL. One Redis database for one installation.',
  }),
  fail2banSocket: text({
    name: 'FAIL2BAN_SOCKET',
    fallback: '/var/run/fail2ban/fail2ban.sock',
    sentence: 'Socket of the fail2ban server. Missing at start is a warning, not a failure.',
  }),
  fail2banDatabase: text({
    name: 'FAIL2BAN_DATABASE',
    fallback: null,
    shownDefault: 'asked from fail2ban',
    sentence: "fail2ban's own database file, only ever read.",
  }),
  fail2banConfigDir: text({
    name: 'FAIL2BAN_CONFIG_DIR',
    fallback: '/etc/fail2ban',
    sentence: "Folder of fail2ban's configuration.",
  }),
  ...fail2banSettings,
  ...geoSettings,
  ...blocklistSettings,
  practice: choice({
    name: 'PRACTICE',
    of: ['auto', 'always', 'never'],
    fallback: 'auto',
    sentence:
      'A private practice fail2ban: `auto` starts one only when no socket is configured, none exists and no fail2ban runs.',
  }),
  schedulerLockMode: choice({
    name: 'SCHEDULER_LOCK_MODE',
    of: ['reject', 'standby'],
    fallback: 'reject',
    sentence:
      'What a second instance on the same database does: refuse to start, or serve and take over the background jobs when the first ends.',
  }),
  ...historySettings,
  ...sessionSettings,
  corsAllowedOrigins: origins({
    name: 'CORS_ALLOWED_ORIGINS',
    fallback: developmentOrigins,
    sentence: 'Origins whose pages may call the API with the session cookie; empty allows none.',
  }),
  trustedProxies: networks({
    name: 'TRUSTED_PROXIES',
    fallback: [],
    sentence: 'Reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.',
  }),
  rateLimitPerMinute: wholeNumber({
    name: 'RATE_LIMIT_PER_MINUTE',
    from: 1,
    to: 10_000_000,
    fallback: 600,
    sentence:
      'Calls a client may make in a minute, at all instances together; health checks are not counted.',
  }),
  loginRateLimitPerMinute: wholeNumber({
    name: 'LOGIN_RATE_LIMIT_PER_MINUTE',
    from: 1,
    to: 10_000_000,
    fallback: 10,
    sentence: 'Sign-ins a client may try in a minute, at all instances together.',
  }),
  logLevel: choice({
    name: 'LOG_LEVEL',
    of: ['debug', 'info', 'warning', 'error'],
    fallback: 'info',
    sentence: 'Least level that is logged.',
  }),
  logFormat: choice({
    name: 'LOG_FORMAT',
    of: ['json', 'text'],
    fallback: null,
    shownDefault: '`json`, `text` on a terminal',
    sentence: 'Form of the log lines on standard output.',
  }),
  ...monitoringSettings,
  shutdownTimeoutSeconds: wholeNumber({
    name: 'SHUTDOWN_TIMEOUT_SECONDS',
    from: 1,
    to: 25,
    fallback: 25,
    sentence: 'How long running jobs are waited for at the end, before they are aborted.',
  }),
};

export type Config = { readonly [K in keyof typeof settings]: (typeof settings)[K]['fallback'] };

export interface ReadConfig {
  config: Config;
  /** Which settings the operator gave. */
  configured: ReadonlySet<keyof Config>;
  /** Where log lines are shipped to, null for nowhere. */
  logTarget: LogTarget | null;
  /** Whether traces are sent to an OpenTelemetry collector. */
  traces: boolean;
  /** Sentences on what has no effect. */
  warnings: string[];
}

/** Throws StartError `configuration_wrong` that lists every mistake, each with its name and reason. */
export function readConfig(environment: Environment): ReadConfig {
  const configured = new Set<keyof Config>();
  const problems: string[] = [];
  const read = <K extends keyof Config, T>(key: K, setting: Setting<T>): T => {
    const given = readText(setting, environment);
    if (given === null) return setting.fallback;
    configured.add(key);
    const reading: Reading<T> = 'problem' in given ? given : setting.parse(given.value);
    if ('value' in reading) return reading.value;
    problems.push(`${setting.name} ${reading.problem}`);
    return setting.fallback;
  };
  const config: Config = {
    listenHost: read('listenHost', settings.listenHost),
    port: read('port', settings.port),
    hostName: read('hostName', settings.hostName),
    databasePath: resolve(read('databasePath', settings.databasePath)),
    databaseUrl: read('databaseUrl', settings.databaseUrl),
    redisUrl: read('redisUrl', settings.redisUrl),
    fail2banSocket: read('fail2banSocket', settings.fail2banSocket),
    fail2banDatabase: read('fail2banDatabase', settings.fail2banDatabase),
    fail2banConfigDir: resolve(read('fail2banConfigDir', settings.fail2banConfigDir)),
    ...readFail2ban(read),
    ...readGeo(read),
    ...readBlocklist(read),
    practice: read('practice', settings.practice),
    schedulerLockMode: read('schedulerLockMode', settings.schedulerLockMode),
    ...readHistory(read),
    ...readSession(read),
    corsAllowedOrigins: read('corsAllowedOrigins', settings.corsAllowedOrigins),
    trustedProxies: read('trustedProxies', settings.trustedProxies),
    rateLimitPerMinute: read('rateLimitPerMinute', settings.rateLimitPerMinute),
    loginRateLimitPerMinute: read('loginRateLimitPerMinute', settings.loginRateLimitPerMinute),
    logLevel: read('logLevel', settings.logLevel),
    logFormat: read('logFormat', settings.logFormat),
    ...readMonitoring(read),
    shutdownTimeoutSeconds: read('shutdownTimeoutSeconds', settings.shutdownTimeoutSeconds),
  };
  if (config.sessionCookieSameSite === 'none' && !config.sessionCookieSecure) {
    problems.push(
      'BANGUI_SESSION_COOKIE_SAMESITE must not be `none` while BANGUI_SESSION_COOKIE_SECURE is `false`',
    );
  }
  if (configured.has('databaseUrl') && !configured.has('sessionSecret')) {
    problems.push(
      'BANGUI_SESSION_SECRET is required when BANGUI_DATABASE_URL is set, since several instances must share it',
    );
  }
  const shipping = logTarget(config);
  const traces = readTraces(environment);
  problems.push(...shipping.problems, ...traces.problems);
  if (problems.length > 0) throw wrong(problems);
  const warnings = unknownNames(environment, Object.values(settings));
  return { config, configured, logTarget: shipping.target, traces: traces.wanted, warnings };
}

function wrong(problems: readonly string[]): StartError {
  const list = problems.map((problem) => `  - ${problem}`).join('\n');
  return new StartError(
    'configuration_wrong',
    `The configuration has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${list}`,
  );
}
