/** The configuration folder of a private fail2ban: the distribution's filters and actions, our own few jails. */
import { cpSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Fail2banOptions {
  /** Jails `extra-1` … `extra-n` that read an empty file and never match. */
  extraJails?: number;
  /** More sections for `jail.local`; `$DIR` stands for the server's folder. */
  jails?: string;
  /** Action of every jail that names none, e.g. `to-file`; default none. */
  action?: string;
  /** More files of the configuration folder, e.g. `action.d/slow.conf`; `$DIR` as above. */
  files?: Readonly<Record<string, string>>;
  /** More lines for `[Definition]` of `fail2ban.local`. */
  settings?: string;
  /** Name of the network namespace it runs in. */
  namespace?: string;
  /** Where it finds programs. */
  path?: string;
}

export interface Fail2banPaths {
  dir: string;
  configDir: string;
  socket: string;
  pidFile: string;
  logFile: string;
  databaseFile: string;
  /** Log files the jails read. */
  authLog: string;
  webLog: string;
  secondAuthLog: string;
  /** What the action `to-file` was told, a line each. */
  actionsLog: string;
}

export const fail2banPaths = (dir: string): Fail2banPaths => ({
  dir,
  configDir: join(dir, 'etc'),
  socket: join(dir, 'f2b.sock'),
  pidFile: join(dir, 'f2b.pid'),
  logFile: join(dir, 'fail2ban.log'),
  databaseFile: join(dir, 'f2b.sqlite3'),
  authLog: join(dir, 'auth.log'),
  webLog: join(dir, 'web.log'),
  secondAuthLog: join(dir, 'auth2.log'),
  actionsLog: join(dir, 'actions.log'),
});

const stock = '/etc/fail2ban';

/** Writes everything a server needs and answers the names of the jails it will run. */
export async function writeFail2banConfig(paths: Fail2banPaths, options: Fail2banOptions): Promise<string[]> {
  await mkdir(join(paths.configDir, 'jail.d'), { recursive: true });
  const stockParts = [
    'filter.d',
    'action.d',
    'fail2ban.conf',
    'jail.conf',
    'paths-common.conf',
    'paths-debian.conf',
  ];
  // At once: hundreds of tests copy these files, and waiting for each of them takes five times as much.
  for (const part of stockParts) cpSync(join(stock, part), join(paths.configDir, part), { recursive: true });
  const jails = jailSections(paths, options);
  const files: Record<string, string> = {
    'fail2ban.local': serverSettings(paths, options),
    'jail.local': jails,
    'filter.d/tinyweb.conf': tinyWebFilter,
    'filter.d/never.conf': neverFilter,
    'action.d/to-file.conf': toFileAction,
    ...options.files,
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(paths.configDir, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text.replaceAll('$DIR', paths.dir));
  }
  for (const log of [paths.authLog, paths.webLog, paths.secondAuthLog, paths.actionsLog]) {
    await writeFile(log, '', { flag: 'a' });
  }
  return [...jails.matchAll(/^\[(.+)\]$/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'DEFAULT');
}

const serverSettings = (paths: Fail2banPaths, options: Fail2banOptions): string => `[Definition]
loglevel = INFO
logtarget = ${paths.logFile}
syslogsocket = auto
socket = ${paths.socket}
pidfile = ${paths.pidFile}
dbfile = ${paths.databaseFile}
dbpurgeage = 1d
dbmaxmatches = 10
${options.settings ?? ''}
`;

const jailSections = (paths: Fail2banPaths, options: Fail2banOptions): string => `[DEFAULT]
backend = polling
usedns = no
ignoreself = false
ignoreip = 127.0.0.1/8 ::1
bantime = 10m
findtime = 10m
maxretry = 3
action = ${options.action ?? ''}

[sshd]
enabled = true
logpath = ${paths.authLog}

[web]
enabled = true
filter = tinyweb
logpath = ${paths.webLog}

[manual]
enabled = true
filter = never
logpath = ${paths.webLog}
bantime = -1

[incr]
enabled = true
filter = sshd
logpath = ${paths.secondAuthLog}
bantime = 5s
bantime.increment = true
bantime.factor = 2
bantime.maxtime = 1h
${Array.from({ length: options.extraJails ?? 0 }, (_, index) => extraJail(index + 1)).join('')}
${options.jails ?? ''}
`;

const extraJail = (number: number): string => `
[extra-${number}]
enabled = true
filter = never
logpath = /dev/null
`;

const tinyWebFilter = `[Definition]
failregex = ^\\s*<HOST> \\S+ \\S+ \\[\\] "[^"]*" (?:401|403|404)\\b
ignoreregex =
datepattern = %%d/%%b/%%Y:%%H:%%M:%%S %%z
`;

const neverFilter = `[Definition]
failregex = ^never-matches <HOST>$
`;

const toFileAction = `[Definition]
actionban = printf 'ban <name> <ip>\\n' >> '<out>'
actionunban = printf 'unban <name> <ip>\\n' >> '<out>'
[Init]
out = $DIR/actions.log
`;
