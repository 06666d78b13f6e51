/** Runs one program that may not be trusted with time or memory: no shell, a bare environment, killed with all it started. */
import { spawn, type ChildProcess } from 'node:child_process';
import { Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

interface CagedCall {
  program: string;
  args: readonly string[];
  /** Given on standard input. */
  input: string;
  /** Beside it, from descriptor 3 on: files that are open already, and what is fed through a pipe. */
  inputs?: readonly (number | Readable)[];
  /** Told every part of the output as it comes. */
  onOutput?: (part: string) => void;
  /** Of the wall clock, ms. Then it and everything it started is killed. */
  withinMs: number;
  /** Of standard output; beyond it is killed. */
  outputBytes: number;
  signal: AbortSignal;
}

export type CagedEnd =
  | { kind: 'ended'; output: string }
  | { kind: 'too_slow' | 'too_much' | 'aborted' }
  /** It could not be started, or ended with an error. `output`: what it had written to standard output by then. */
  | { kind: 'failed'; said: string; output: string };

const mostSaid = 2_000;

export function runCaged(call: CagedCall): Promise<CagedEnd> {
  const { program, args, input, inputs = [], onOutput, withinMs, outputBytes, signal } = call;
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve) => {
    // A process group of its own, so that one signal reaches all of it.
    const child = spawn(program, args, {
      cwd: '/',
      env: bareEnvironment(),
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', ...inputs.map((one) => (typeof one === 'number' ? one : 'pipe'))],
    });
    const { stdin, stdout, stderr } = child;
    if (stdin === null || stdout === null || stderr === null) throw new Error('a program without pipes');
    const parts: Buffer[] = [];
    let bytes = 0;
    let said = '';
    let early: CagedEnd | null = null;

    const kill = (end: CagedEnd): void => {
      early ??= end;
      killGroup(child);
    };
    const timer = setTimeout(() => kill({ kind: 'too_slow' }), withinMs);
    const abort = (): void => kill({ kind: 'aborted' });
    signal.addEventListener('abort', abort, { once: true });
    const done = (end: CagedEnd): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(early ?? end);
    };

    stdout.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > outputBytes) kill({ kind: 'too_much' });
      else parts.push(part);
      onOutput?.(part.toString('utf8'));
    });
    stderr.on('data', (part: Buffer) => {
      said = (said + part.toString('utf8')).slice(-mostSaid);
    });
    // It may end without having read all; how it ended says more than the broken pipe.
    stdin.on('error', () => {});
    stdin.end(input);
    for (const [index, feed] of inputs.entries()) {
      const pipe = child.stdio[index + 3];
      // It may end before it has read all, and takes the feed with it.
      if (typeof feed !== 'number' && pipe instanceof Writable) pipeline(feed, pipe).catch(() => {});
    }
    child.once('error', (error) => done({ kind: 'failed', said: error.message, output: '' }));
    child.once('close', (code, killedBy) => {
      const output = Buffer.concat(parts).toString('utf8');
      if (code === 0) return done({ kind: 'ended', output });
      // The kernel ends what has used up its processor time.
      if (killedBy === 'SIGXCPU' || killedBy === 'SIGKILL') return done({ kind: 'too_slow' });
      const why = said.trim() || `it ended with ${killedBy ?? `code ${String(code)}`}`;
      done({ kind: 'failed', said: why, output });
    });
  });
}

/** With all it started; it was started detached, as the first of a process group of its own. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Gone already.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** The time zone belongs to the reading of dates; nothing else of ours is its business. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const zone = process.env['TZ'];
  const bare = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1' };
  return zone === undefined ? bare : { ...bare, TZ: zone };
}
