/** A private, real fail2ban server in a folder of its own, for tests and benchmarks. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failureLines, type LoggedJail } from './failure-lines.ts';
import {
  fail2banPaths,
  writeFail2banConfig,
  type Fail2banOptions,
  type Fail2banPaths,
} from './fail2ban-config.ts';
import { runClient } from './warm-client.ts';

export interface RealFail2ban extends Fail2banPaths {
  /** Of the running server; -1 while it is stopped. */
  readonly pid: number;
  /** Names of the jails it was configured with. */
  readonly jails: readonly string[];
  /** Starts it again, with the same folder and database, and waits until every jail runs. */
  start(): Promise<void>;
  /** Ends it in an orderly way. The folder stays, for another start, until this process ends or `remove`. */
  stop(): Promise<void>;
  /** kill -9: the socket file stays behind. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  pause(): void;
  resume(): void;
  /** `stop`, and its folder is gone. */
  remove(): Promise<void>;
  /** Output of `fail2ban-client`; throws when it ends with an error. */
  client(...args: string[]): Promise<string>;
  /** Appends failures to the log file of a jail; three of them are a ban. Noticed within a second or two. */
  fail(jail: LoggedJail, ip: string, times: number): Promise<void>;
}

const python = '/usr/bin/python3';
const startLimitMs = 60_000;
const stopLimitMs = 30_000;

/** Starts it with the jails sshd, web, manual (permanent bans, never matches), incr, and what the options add. */
export async function startFail2ban(options: Fail2banOptions = {}): Promise<RealFail2ban> {
  const paths = fail2banPaths(await mkdtemp(join(tmpdir(), 'bangui-fail2ban-')));
  const jails = await writeFail2banConfig(paths, options);
  const files = ['-c', paths.configDir, '-s', paths.socket, '-p', paths.pidFile];
  let child: ChildProcess | null = null;

  const endWithUs = (): void => {
    child?.kill('SIGKILL');
    rmSync(paths.dir, { recursive: true, force: true });
  };
  process.on('exit', endWithUs);

  const signal = (name: NodeJS.Signals): void => void child?.kill(name);
  const ended = async (running: ChildProcess, limitMs: number): Promise<void> => {
    await until(() => running.exitCode !== null || running.signalCode !== null, limitMs);
    if (child === running) child = null;
  };

  const fail2ban: RealFail2ban = {
    ...paths,
    jails,
    get pid() {
      return child?.pid ?? -1;
    },
    async start() {
      if (child !== null) return;
      await rm(paths.socket, { force: true });
      const logFrom = await sizeOf(paths.logFile);
      const started = (child = spawnServer(files, options));
      let output = '';
      started.stdout?.on('data', (text) => (output += String(text)));
      started.stderr?.on('data', (text) => (output += String(text)));
      const up = async (): Promise<boolean> => {
        if (started.exitCode !== null) throw new Error(`fail2ban ended with ${started.exitCode}: ${output}`);
        const log =
          (await sizeOf(paths.logFile)) > logFrom ? (await readFile(paths.logFile)).subarray(logFrom) : '';
        return existsSync(paths.socket) && jails.every((jail) => log.includes(`Jail '${jail}' started`));
      };
      if (!(await until(up, startLimitMs))) throw new Error(`fail2ban did not start its jails: ${output}`);
    },
    async stop() {
      if (child === null) return;
      const running = child;
      running.kill('SIGCONT');
      running.kill('SIGTERM');
      await ended(running, stopLimitMs);
      if (child !== null) await fail2ban.kill();
    },
    async kill() {
      if (child === null) return;
      const running = child;
      running.kill('SIGKILL');
      await ended(running, stopLimitMs);
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async remove() {
      await fail2ban.stop();
      process.off('exit', endWithUs);
      await rm(paths.dir, { recursive: true, force: true });
    },
    client: (...args) => runClient([...files, ...args]),
    fail: (jail, ip, times) => appendFile(...failureLines(paths, jail, ip, times)),
  };
  await fail2ban.start();
  return fail2ban;
}

/** The kernel ends it when the thread that started it is gone, even by kill -9. */
function spawnServer(files: readonly string[], { namespace, path }: Fail2banOptions): ChildProcess {
  const within = namespace === undefined ? [] : ['/usr/bin/nsenter', `--net=/run/netns/${namespace}`];
  const command = [...within, python, '/usr/bin/fail2ban-server', '-f', ...files, 'start'];
  return spawn('/usr/bin/setpriv', ['--pdeathsig', 'KILL', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: path === undefined ? process.env : { ...process.env, PATH: path },
  });
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

async function until(condition: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) return false;
    await sleep(25);
  }
  return true;
}
