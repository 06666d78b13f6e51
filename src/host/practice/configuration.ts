/** The practice server's configuration: the distribution's own filters and actions, four jails, and no firewall. */
import { cp, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { practiceMark } from './find-servers.ts';

/** The log files of the practice jails, which `attack` writes to. */
export const practiceLogs = {
  ssh: 'logs/auth.log',
  web: 'logs/nginx-error.log',
  mail: 'logs/mail.log',
} as const;

const largestServerLog = 10 * 1024 * 1024;

/**
 * Writes what is ours into `.conf` files, new at every start, so that `.local` files made by hand or through BanGUI
 * stay and win, as on any fail2ban. `base` is the way to `dir` that fail2ban is told.
 */
export async function writeConfiguration({
  dir,
  base,
  stock = '/etc/fail2ban',
}: ConfigurationPlace): Promise<void> {
  const etc = join(dir, 'etc');
  for (const folder of ['jail.d', 'fail2ban.d', 'filter.d', 'action.d']) {
    await mkdir(join(etc, folder), { recursive: true, mode: 0o700 });
  }
  await copyStock(stock, etc);
  await writeFile(join(etc, 'action.d', 'practice.conf'), action);
  await writeFile(join(etc, 'fail2ban.d', 'practice.conf'), server(base));
  await writeFile(join(etc, 'jail.d', 'practice.conf'), jails(base));
  await writeFile(join(etc, practiceMark), 'A practice fail2ban of BanGUI. It blocks nobody.\n');
  await startLogs(dir);
}

interface ConfigurationPlace {
  dir: string;
  base: string;
  /** The distribution's folder; its jail.d and .local files are not taken over. */
  stock?: string;
}

async function copyStock(stock: string, etc: string): Promise<void> {
  const copied = (from: string): boolean => !from.endsWith('.local');
  for (const folder of ['filter.d', 'action.d']) {
    await cp(join(stock, folder), join(etc, folder), { recursive: true, filter: copied });
  }
  for (const name of await readdir(stock)) {
    if (name.endsWith('.conf')) await cp(join(stock, name), join(etc, name));
  }
}

/** Attack logs start empty; the server's own log is put aside when it has grown. */
async function startLogs(dir: string): Promise<void> {
  await mkdir(join(dir, 'logs'), { recursive: true, mode: 0o700 });
  for (const file of Object.values(practiceLogs)) await writeFile(join(dir, file), '', { mode: 0o600 });
  const log = join(dir, 'fail2ban.log');
  const { size } = await stat(log).catch(() => ({ size: -1 }));
  if (size > largestServerLog) await rename(log, `${log}.1`);
  // The recidive jail reads it, and a jail whose file is missing does not start.
  await writeFile(log, '', { flag: 'a', mode: 0o600 });
}

const action = `# Takes note of a ban and does nothing else: a practice server never touches the firewall.
[Definition]
actionstart =
actionstop =
actioncheck =
actionban =
actionunban =
`;

const server = (base: string): string => `[Definition]
loglevel = INFO
logtarget = ${base}/fail2ban.log
syslogsocket = auto
socket = ${base}/fail2ban.sock
pidfile = ${base}/fail2ban.pid
dbfile = ${base}/fail2ban.sqlite3
dbpurgeage = 1d
`;

const jails = (base: string): string => `[DEFAULT]
backend = polling
usedns = no
ignoreself = false
ignoreip = 127.0.0.1/8 ::1
findtime = 10m
banaction = practice
banaction_allports = practice

[sshd]
enabled = true
logpath = ${base}/${practiceLogs.ssh}
maxretry = 4
bantime = 5m

[nginx-http-auth]
enabled = true
logpath = ${base}/${practiceLogs.web}
maxretry = 3
bantime = 10m

[postfix-sasl]
enabled = true
logpath = ${base}/${practiceLogs.mail}
maxretry = 3
bantime = 15m

[recidive]
enabled = true
logpath = ${base}/fail2ban.log
maxretry = 3
findtime = 1h
bantime = 1h
`;
