/** A BanGUI of one's own for tests and benchmarks: the real process, its own folder and port, stopped at the end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { databaseEnvironment, dropDatabaseOf, onPostgres } from './servers/test-databases.ts';

export interface LogLine {
  event?: string;
  level?: string;
  [field: string]: unknown;
}

export interface RunningBangui {
  url: string;
  pid: number;
  dir: string;
  /** Every JSON line so far. */
  lines: readonly LogLine[];
  /** Start of the process to the first healthy `/health/live`, ms. */
  startedInMs: number;
  /** SIGTERM (or the given signal), then waits. Answers the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts again on the same folder and port. */
  restart(): Promise<RunningBangui>;
  /** Stops and removes the folder. */
  dispose(): Promise<void>;
}

export interface BanguiOptions {
  socket: string;
  env?: Record<string, string>;
  dir?: string;
  port?: number;
  /** The program, from the project's root. */
  program?: string;
}

/** Half a second on its own; many test files start theirs at once. */
const startLimitMs = 60_000;

const projectRoot = join(import.meta.dirname, '..');
/** As in `npm start`. */
const flags = ['--optimize-for-size', '--max-semi-space-size=4'];

export async function startBangui(options: BanguiOptions): Promise<RunningBangui> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'bangui-test-')));
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const database = await databaseEnvironment(dir);
  const began = performance.now();
  const child = spawn(process.execPath, [...flags, join(projectRoot, options.program ?? 'src/main.ts')], {
    cwd: projectRoot,
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: join(projectRoot, 'node_modules/.cache/compile'),
      HOME: process.env['HOME'],
      TZ: process.env['TZ'],
      BANGUI_PORT: String(port),
      BANGUI_DATABASE_PATH: join(dir, 'bangui.db'),
      BANGUI_FAIL2BAN_SOCKET: options.socket,
      BANGUI_LOG_FORMAT: 'json',
      BANGUI_PRACTICE: 'never',
      BANGUI_RATE_LIMIT_PER_MINUTE: '1000000',
      ...database,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const lines: LogLine[] = [];
  const stderr: string[] = [];
  createInterface({ input: streamOf(child, 'stdout') }).on('line', (line) => {
    try {
      const parsed: unknown = JSON.parse(line);
      lines.push(typeof parsed === 'object' && parsed !== null ? { ...parsed } : { text: line });
    } catch {
      lines.push({ text: line });
    }
  });
  createInterface({ input: streamOf(child, 'stderr') }).on('line', (line) => stderr.push(line));

  await untilAlive(url, child, () =>
    [...stderr, ...lines.slice(-10).map((line) => JSON.stringify(line))].join('\n'),
  );
  const startedInMs = performance.now() - began;

  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const code = await ended;
    process.off('exit', killWithUs);
    return code;
  };
  return {
    url,
    pid: child.pid ?? -1,
    dir,
    lines,
    startedInMs,
    stop,
    kill: async () => void (await stop('SIGKILL')),
    restart: () => startBangui({ ...options, dir, port }),
    async dispose() {
      await stop();
      if (onPostgres()) await dropDatabaseOf(dir);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** Asks again and again until the answer is yes; throws with `what` after `withinMs`. Answers how long it took, ms. */
export async function until(
  what: string,
  ask: () => boolean | Promise<boolean>,
  withinMs = 30_000,
  everyMs = 25,
): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < withinMs) {
    if (await ask()) return performance.now() - began;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`not within ${withinMs} ms: ${what}`);
}

function streamOf(child: ChildProcess, name: 'stdout' | 'stderr'): NodeJS.ReadableStream {
  const stream = child[name];
  if (stream === null) throw new Error(`the process has no ${name}`);
  return stream;
}

async function untilAlive(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = performance.now() + startLimitMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`BanGUI ended while starting (${child.exitCode ?? child.signalCode}):\n${output()}`);
    }
    try {
      const answer = await fetch(`${url}/api/v1/health/live`);
      await answer.arrayBuffer();
      if (answer.ok) return;
    } catch {
      // not listening yet: asked again below
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  throw new Error(`BanGUI did not answer within ${startLimitMs} ms:\n${output()}`);
}
