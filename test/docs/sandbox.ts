/** Where the documents' commands are run: something like a clone, a BanGUI, a real fail2ban and a real PostgreSQL. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort, until } from '../bangui.ts';
import { startFail2ban } from '../fail2ban/real-fail2ban.ts';
import { startPostgres } from '../servers/postgres.ts';
import { migrations } from '../../src/platform/db/migrate.ts';
import { standIns } from './stand-ins.ts';

export const projectRoot = join(import.meta.dirname, '../..');

export interface Outcome {
  exit: number;
  output: string;
  /** What stand-ins were called with. */
  recorded: string[][];
}

export interface Sandbox {
  dir: string;
  run(command: string): Promise<Outcome>;
  /** Starts `npm start`, or another command for it, and waits until it answers. Joins the one that runs. */
  start(command?: string): Promise<void>;
  /** SIGTERM to npm and to BanGUI, then waits. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** Not of the clone: each sandbox has its own, or needs none. */
const notLinked = ['.git', 'data', 'test-results', '.setup-lock'];

export async function openSandbox(): Promise<Sandbox> {
  const [fail2ban, postgres, port, otherPort] = await Promise.all([
    startFail2ban(),
    startPostgres(),
    freePort(),
    freePort(),
  ]);
  const server = new URL(await renamedSuperuser(await postgres.database('other')));
  const dir = mkdtempSync(join(tmpdir(), 'bangui-docs-'));
  for (const name of readdirSync(projectRoot))
    if (!notLinked.includes(name)) symlinkSync(join(projectRoot, name), join(dir, name));
  const system = join(dir, 'system');
  const bin = join(system, 'bin');
  const [record, log] = [join(system, 'recorded'), join(system, 'bangui.log')];
  for (const folder of ['bin', 'etc/systemd/system', 'var/backups'])
    mkdirSync(join(system, folder), { recursive: true });
  const script = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  for (const name of Object.keys(standIns)) {
    const answer = ['journalctl', 'docker'].includes(name) ? `cat ${log}` : ':';
    script(name, `{ printf '%s\\t' ${name} "$@"; echo; } >> ${record}; ${answer}`);
  }
  script('sudo', `[ "$1" = -u ] && shift 2; exec "$@"`);
  const { configDir, socket, pidFile } = fail2ban;
  script(
    'fail2ban-client',
    `exec /usr/bin/python3 /usr/bin/fail2ban-client -c ${configDir} -s ${socket} -p ${pidFile} "$@"`,
  );

  /** The documents' paths and ports are the machine's; here each has another place. */
  const here = (command: string): string =>
    [
      ['/opt/bangui', dir],
      ['/etc/systemd/system', join(system, 'etc/systemd/system')],
      ['/etc/bangui', join(system, 'etc/bangui')],
      ['/var/lib/bangui/', `${join(dir, 'data')}/`],
      ['/var/backups', join(system, 'var/backups')],
      ['/var/run/fail2ban/fail2ban.sock', socket],
      ['127.0.0.1:5432', server.host],
      ['127.0.0.1:8000', `127.0.0.1:${port}`],
      ['sport = :8000', `sport = :${port}`],
      ['BANGUI_PORT=8001', `BANGUI_PORT=${otherPort}`],
      ['VALUES (2)', `VALUES (${migrations.length + 1})`],
      ['version = 2', `version = ${migrations.length + 1}`],
    ].reduce((text, [from = '', to = '']) => text.replaceAll(from, to), command);
  const env = {
    HOME: process.env['HOME'],
    PATH: `${bin}:${join(dir, 'node_modules/.bin')}:${process.env['PATH']}`,
    BANGUI_PORT: String(port),
    BANGUI_FAIL2BAN_SOCKET: socket,
    BANGUI_PRACTICE: 'never',
    PGHOST: server.hostname,
    PGPORT: server.port,
    PGUSER: 'postgres',
    npm_config_update_notifier: 'false',
  };
  const shell = { cwd: dir, env };
  let running: ChildProcess | null = null;

  const stop = async (): Promise<void> => {
    const child = running;
    running = null;
    if (child?.pid === undefined) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    if (child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    await ended;
  };
  return {
    dir,
    run: (command) =>
      new Promise((resolve) => {
        rmSync(record, { force: true });
        execFile('/bin/sh', ['-c', here(command)], shell, (error, stdout, stderr) => {
          const lines = existsSync(record) ? readFileSync(record, 'utf8').trimEnd().split('\n') : [];
          const recorded = lines.map((line) => line.split('\t').filter((word) => word !== ''));
          const exit = error === null ? 0 : Number(error.code ?? 1);
          resolve({ exit, output: stdout + stderr, recorded });
        });
      }),
    async start(command = 'npm start') {
      if (running !== null) return;
      const child = spawn('/bin/sh', ['-c', here(command)], { ...shell, detached: true });
      running = child;
      let said = '';
      const keep = (text: Buffer): void => {
        said += text.toString();
        appendFileSync(log, text);
      };
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
      const url = `http://127.0.0.1:${command.includes('BANGUI_PORT') ? otherPort : port}`;
      const answers = async (): Promise<boolean> => {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said}`);
        return fetch(`${url}/api/v1/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
      };
      await until(`${command} answers`, answers, 120_000);
      await until('fail2ban was asked', async () => (await fetch(`${url}/api/v1/health`)).ok);
    },
    stop,
    async remove() {
      await stop();
      await Promise.all([fail2ban.remove(), postgres.stop()]);
      rmSync(dir, { recursive: true });
    },
  };
}

/** The server of the tests knows one user, `bangui`; a real one knows `postgres`, and the documents make `bangui`. */
async function renamedSuperuser(url: string): Promise<string> {
  const ask = async (at: string, text: string): Promise<void> => {
    const client = new pg.Client(at);
    await client.connect();
    await client.query(text);
    await client.end();
  };
  await ask(url, 'CREATE ROLE helper SUPERUSER LOGIN');
  await ask(url.replace('bangui@', 'helper@'), 'ALTER ROLE bangui RENAME TO postgres');
  return url.replace('bangui@', 'postgres@');
}
