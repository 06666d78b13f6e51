/** Starts the practice fail2ban, or takes over the one that a killed BanGUI left behind, and ends it. */
import { spawn } from 'node:child_process';
import { mkdir, open, readFile, realpath, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { writeConfiguration } from './configuration.ts';
import { serversOf, type ServerProcess } from './find-servers.ts';
import { holdFolder } from './hold-folder.ts';
import { program } from './programs.ts';
import { forgetShortPath, shortPathTo } from './short-path.ts';

const startTimeoutMs = 15_000;
/** Longer than four jails need; a fail2ban that does not say so when it is ready is taken as it is. */
const readyTimeoutMs = 3_000;
const pingTimeoutMs = 3_000;
const endTimeoutMs = 8_000;
/** For a server that does not even answer a ping. */
const endHungTimeoutMs = 1_000;

export interface Practice {
  socketPath: string;
  /** Ends the server in order, within 10 s; after 8 s by force. Calling it again does nothing. */
  stop(): Promise<void>;
}

/**
 * Everything it writes lies under `dir`. Resolves when the server listens on its socket and has its jails. Throws AppError: 409 when another BanGUI uses the folder, 503 when fail2ban is missing and cannot be
 * installed, or does not start.
 */
export async function startPractice({ dir, log }: { dir: string; log: Log }): Promise<Practice> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const folder = await realpath(dir);
  const release = await holdFolder(folder);
  try {
    const socketPath = (await adopt(folder, log)) ?? (await start(folder, log));
    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await endServers(folder);
      log.info('practice_server_stopped');
      await release();
    };
    return { socketPath, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The socket of a server that still runs on this folder and answers. One that does not answer is ended. */
async function adopt(dir: string, log: Log): Promise<string | null> {
  const servers = await serversOf(dir);
  const [server] = servers;
  if (server?.socketPath && servers.length === 1 && (await answersPing(server.socketPath))) {
    log.info('practice_server_adopted', { pid: server.pid });
    return server.socketPath;
  }
  if (servers.length > 0) log.warn('practice_server_left_over', { pids: servers.map(({ pid }) => pid) });
  await endServers(dir, endHungTimeoutMs);
  return null;
}

async function start(dir: string, log: Log): Promise<string> {
  const serverProgram = await program('fail2ban-server', log);
  const base = await shortPathTo(dir);
  await writeConfiguration({ dir, base });
  const socketPath = join(base, 'fail2ban.sock');
  const outputFile = join(dir, 'server.out');
  const output = await open(outputFile, 'w', 0o600);
  // In a session of its own: Ctrl-C in our terminal must not end it before our own shutdown does.
  const child = spawn(
    serverProgram,
    ['-f', '-x', '-c', join(base, 'etc'), '-s', socketPath, '-p', join(base, 'fail2ban.pid'), 'start'],
    { cwd: dir, detached: true, stdio: ['ignore', output.fd, output.fd] },
  );
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `code ${String(code)}`}`));
  });
  child.unref();
  await output.close();

  const failure = await Promise.race([ended, untilReady(socketPath, outputFile)]);
  if (failure !== null) {
    await endServers(dir);
    const said = (await readFile(outputFile, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join(' ');
    log.error('practice_server_failed', { failure, said });
    throw new AppError(
      503,
      'practice_unavailable',
      `The practice fail2ban did not start: ${failure}. ${said}`.trim(),
    );
  }
  log.info('practice_server_started', { pid: child.pid });
  return socketPath;
}

/**
 * null once it is ready, else why not. It listens before it has its jails, and says when it has them; a SIGTERM
 * between the two leaves fail2ban 1.0 hanging.
 */
async function untilReady(socketPath: string, outputFile: string): Promise<string | null> {
  const within = async (ms: number, ask: () => Promise<boolean>): Promise<boolean> => {
    const giveUpAt = performance.now() + ms;
    while (performance.now() < giveUpAt) {
      if (await ask()) return true;
      await delay(25);
    }
    return false;
  };
  if (!(await within(startTimeoutMs, () => listens(socketPath)))) {
    return `it did not listen within ${startTimeoutMs / 1000} s`;
  }
  await within(readyTimeoutMs, async () => (await readFile(outputFile, 'utf8')).includes('Server ready'));
  return null;
}

function listens(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** A server that hangs still accepts connections: only an answer counts. */
function answersPing(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('fail2ban-client', ['-s', socketPath, 'ping'], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), pingTimeoutMs);
    child.once('error', () => resolve(false));
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

/** Ends every server of the folder and takes away what a dead one leaves: its socket, its pid file, our link. */
async function endServers(dir: string, patienceMs = endTimeoutMs): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGTERM', patienceMs],
    ['SIGKILL', 2_000],
  ] as const) {
    let left = await serversOf(dir);
    for (const server of left) signalServer(server, signal);
    const giveUpAt = performance.now() + waitMs;
    while (left.length > 0 && performance.now() < giveUpAt) {
      await delay(25);
      left = await serversOf(dir);
    }
    if (left.length === 0) break;
  }
  await rm(join(dir, 'fail2ban.sock'), { force: true });
  await rm(join(dir, 'fail2ban.pid'), { force: true });
  await forgetShortPath(dir);
}

function signalServer({ pid }: ServerProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone between the look and the signal.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
