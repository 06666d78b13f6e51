/** fail2ban as BanGUI sees it, for `bangui doctor`: socket, database, log, programs and the logs of its jails. */
import { access, constants } from 'node:fs/promises';
import { ok, problem, warning, type Finding } from '../base/finding.ts';
import { readLastRow } from './bans/ban-database.ts';
import { DatabaseBusy } from './bans/fail2ban-file.ts';
import { hostRemedy } from './host-remedy.ts';
import { decidePractice, type PracticeQuestion } from './practice/decide.ts';
import { inPath } from './practice/programs.ts';
import { createCommands, type Commands } from './wire/commands.ts';
import { createDaemonSocket } from './wire/socket.ts';
import { DaemonError, WireError } from './wire/wire-error.ts';

interface ExamineOptions extends PracticeQuestion {
  /** `BANGUI_FAIL2BAN_DATABASE`; null: where fail2ban says. */
  databaseFile: string | null;
}

const pingMs = 1_500;
const day = 86_400;

/** Asks fail2ban some ten small questions over one connection. Never starts a practice one. */
export async function examineHost(options: ExamineOptions): Promise<Finding[]> {
  const programs = await examinePrograms();
  const practice = await decidePractice(options);
  if (practice.use) {
    const sentence = `${practice.reason} npm start would practise with a private one that blocks nobody.`;
    return [warning('fail2ban', sentence, 'sudo systemctl start fail2ban'), programs];
  }
  const socket = createDaemonSocket({ path: options.socketPath });
  try {
    return [...(await examineDaemon(createCommands({ socket }), options)), programs];
  } catch (error) {
    if (!(error instanceof WireError) && !(error instanceof DaemonError)) throw error;
    const state = error instanceof WireError ? error.state : 'garbled';
    const remedy = await hostRemedy(state, options.socketPath);
    const why = state === 'unreachable' ? `${error.message} ${practice.reason}` : error.message;
    return [problem('fail2ban', why, remedy ?? `ls -l ${options.socketPath}`), programs];
  } finally {
    socket.close();
  }
}

async function examineDaemon(commands: Commands, options: ExamineOptions): Promise<Finding[]> {
  const began = performance.now();
  await commands.ping(pingMs);
  const ms = Math.round(performance.now() - began);
  const jails = await commands.jailNames();
  const version = await commands.version();
  const names = jails.length === 0 ? 'no jail' : `${jails.length} ${jails.length === 1 ? 'jail' : 'jails'}`;
  const databaseFile = options.databaseFile ?? (await commands.databaseFile());
  return [
    ok('fail2ban', `fail2ban ${version} answers in ${ms} ms, with ${names}. Socket: ${options.socketPath}`),
    await examineBanDatabase(databaseFile),
    ...examinePurge(await commands.purgeSeconds()),
    await examineLog(await commands.logTarget()),
    await examineJailLogs(commands, jails),
  ];
}

async function examineBanDatabase(file: string | null): Promise<Finding> {
  const check = 'ban database';
  if (file === null) {
    const sentence =
      'fail2ban keeps no database: bans end with it, and how often an address came is not known.';
    return warning(check, sentence, 'Set dbfile in /etc/fail2ban/fail2ban.local.');
  }
  try {
    readLastRow(file);
    return ok(check, `Readable: ${file}`);
  } catch (error) {
    if (error instanceof DatabaseBusy)
      return ok(check, `Readable, and fail2ban writes at this moment: ${file}`);
    const sentence = `${file} cannot be read: how often an address was banned before is not known.`;
    return warning(check, sentence, `sudo setfacl -m u:$(id -un):r ${file}`);
  }
}

function examinePurge(seconds: number | null): Finding[] {
  if (seconds === null) return [];
  const hours = Math.round(seconds / 360) / 10;
  if (seconds >= day) return [ok('memory', `fail2ban remembers bans for ${hours} h.`)];
  const sentence = `fail2ban forgets bans after ${hours} h: what happens while BanGUI is off for longer is lost to it.`;
  return [warning('memory', sentence, 'Set dbpurgeage = 7d in /etc/fail2ban/fail2ban.local.')];
}

async function examineLog(target: string | null): Promise<Finding> {
  const slower = 'bans show up within seconds instead of at once.';
  if (target === null || !target.startsWith('/')) {
    const sentence = `fail2ban logs to ${target ?? 'nowhere'}, not to a file: ${slower}`;
    return warning('log', sentence, 'Set logtarget = /var/log/fail2ban.log in /etc/fail2ban/fail2ban.local.');
  }
  if (await readable(target)) return ok('log', `Readable: ${target}`);
  return warning('log', `${target} cannot be read: ${slower}`, `sudo setfacl -m u:$(id -un):r ${target}`);
}

async function examineJailLogs(
  commands: Commands,
  jails: Awaited<ReturnType<Commands['jailNames']>>,
): Promise<Finding> {
  const missing: string[] = [];
  let files = 0;
  for (const jail of jails) {
    for (const file of (await commands.jailCounters(jail)).files) {
      files += 1;
      if (!(await readable(file))) missing.push(`${file} (${jail})`);
    }
  }
  if (missing.length === 0) return ok('jail logs', `${files} files, all readable.`);
  const sentence = `${missing.length} of ${files} files that jails read are gone, or closed to BanGUI: ${missing.join(', ')}`;
  const [first = ''] = missing;
  return warning('jail logs', sentence, `ls -l ${first.replace(/ \(.*$/, '')}`);
}

async function examinePrograms(): Promise<Finding> {
  const names = ['fail2ban-client', 'fail2ban-regex', 'fail2ban-server'];
  const missing: string[] = [];
  for (const name of names) if ((await inPath(name)) === null) missing.push(name);
  if (missing.length === 0) return ok('programs', `${names.join(', ')} are on PATH.`);
  return warning(
    'programs',
    `Not on PATH: ${missing.join(', ')}. Reload, rehearsal and regex tests need them.`,
    'sudo apt-get install --no-install-recommends fail2ban',
  );
}

const readable = (file: string): Promise<boolean> =>
  access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
