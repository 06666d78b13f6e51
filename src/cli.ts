/** Commands beside the server, for the operator; and `docs` for those who change the settings. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { systemClock } from './base/clock.ts';
import { AppError } from './base/errors.ts';
import { silentLog } from './base/log.ts';
import { StartError } from './base/start-error.ts';
import { backUp, restore } from './backup.ts';
import { configurationPage, exampleEnvironment } from './config-page.ts';
import { readConfig } from './config.ts';
import { examine, readable, report } from './doctor.ts';
import { createPasswords } from './features/auth/passwords.ts';
import { resetPassword } from './features/auth/reset-password.ts';
import { attack } from './host/practice/attack.ts';
import { practiceFolder } from './host/practice/open-practice.ts';
import { createAudit } from './platform/audit.ts';
import { copyCommand } from './platform/db/copy-command.ts';
import { migrate } from './platform/db/migrate.ts';
import { databaseAt, openDatabase } from './platform/db/open.ts';

interface Command {
  usage: string;
  run(words: readonly string[]): Promise<void>;
}

const commands: Readonly<Record<string, Command>> = {
  'reset-password': {
    usage: 'reset-password [--practice]   reads a new password from the terminal or standard input',
    async run(words) {
      const { config } = readConfig(process.env);
      const practice = join(practiceFolder(config), 'bangui.db');
      const at = words.includes('--practice') ? { path: practice } : databaseAt(config);
      if ('path' in at && !existsSync(at.path))
        throw new StartError('no_database', `There is no database at ${at.path}.`);
      const password = await readPassword();
      const database = await openDatabase({ ...at, log: silentLog, now: systemClock });
      try {
        await migrate({ database, log: silentLog, now: systemClock });
        const { db } = database;
        const audit = createAudit({ db, now: systemClock });
        const deps = { db, audit, now: systemClock, hashPassword: createPasswords().hash };
        const outcome = await resetPassword(deps, password);
        if (outcome !== 'done') throw new StartError(outcome, resetProblems[outcome]);
      } finally {
        await database.close();
      }
      print('The password is changed, and everybody is signed out.');
    },
  },
  backup: {
    usage: 'backup [FILE]                 also while BanGUI runs; `-` writes to standard output',
    async run([to]) {
      const { config } = readConfig(process.env);
      print(await backUp({ config, to: to ?? null, now: systemClock }), to === '-');
    },
  },
  restore: {
    usage: 'restore FILE                  puts a backup in the place of the database; BanGUI must not run',
    async run([file]) {
      const { config } = readConfig(process.env);
      if (file === undefined) throw new StartError('no_backup', 'Name the backup: restore FILE');
      print(await restore({ config, file, now: systemClock }));
    },
  },
  doctor: {
    usage: 'doctor [--json]               looks for what is wrong, changes nothing',
    async run(words) {
      const findings = await examine({ environment: process.env, now: systemClock });
      print(words.includes('--json') ? JSON.stringify(report(findings), null, 2) : readable(findings));
      if (findings.some(({ state }) => state === 'problem')) process.exitCode = 1;
    },
  },
  database: {
    usage:
      'database copy --from … --to …  moves an installation between a file and a PostgreSQL URL, either way',
    run: (words) => copyCommand({ words, print, now: systemClock }),
  },
  attack: {
    usage: 'attack [lines a second]       plays attackers on the practice fail2ban until Ctrl-C',
    async run([rate = '10']) {
      const { config } = readConfig(process.env);
      const controller = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
      const { lines, addresses } = await attack({
        dir: practiceFolder(config),
        rate: Number(rate),
        signal: controller.signal,
      });
      print(`${lines} attempts of ${addresses} addresses.`);
    },
  },
  docs: {
    usage:
      'docs                          writes Docs/CONFIGURATION.md and .env.example from the table of settings',
    async run() {
      writeFileSync(new URL('../Docs/CONFIGURATION.md', import.meta.url), configurationPage());
      writeFileSync(new URL('../.env.example', import.meta.url), exampleEnvironment());
    },
  },
};

const resetProblems = {
  not_set_up: 'Set-up is not done yet: open BanGUI and choose a password there.',
  too_short: 'The password needs at least 12 characters. Nothing was changed.',
  too_long: 'The password may have at most 128 characters. Nothing was changed.',
};

const [name = '', ...words] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command === undefined) {
  const usages = Object.values(commands).map(({ usage }) => `  ${usage}`);
  process.stderr.write(`Commands:\n${usages.join('\n')}\n`);
  process.exitCode = 2;
} else {
  try {
    await command.run(words);
  } catch (error) {
    if (!(error instanceof StartError) && !(error instanceof AppError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

/** From a terminal without showing it; from a pipe its first line. */
async function readPassword(): Promise<string> {
  const { stdin, stderr } = process;
  if (stdin.isTTY) stderr.write('New password (12 to 128 characters, not shown): ');
  const lines = createInterface({ input: stdin, terminal: stdin.isTTY });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (stdin.isTTY) stderr.write('\n');
  }
}

function print(line: string, besides = false): void {
  (besides ? process.stderr : process.stdout).write(`${line}\n`);
}
