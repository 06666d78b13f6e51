/** One caged program that answers a line for a line, and is asked again and again: its start is what takes long. */
import { spawn } from 'node:child_process';
import { bareEnvironment, killGroup, type CagedEnd } from './caged-run.ts';

export interface CagedServer {
  /** One question at a time. After anything but `ended` the program is gone. */
  ask(line: string, limits: { withinMs: number; outputBytes: number }): Promise<CagedEnd>;
  /** It ended by itself, or was killed. */
  isGone(): boolean;
  /** Kills it and all it started; resolves when it is gone. */
  end(): Promise<void>;
}

const mostSaid = 2_000;
const endOfLine = 10;

interface Asked {
  parts: Buffer[];
  bytes: number;
  outputBytes: number;
  answer: (end: CagedEnd) => void;
}

export function startCaged({ program, args }: { program: string; args: readonly string[] }): CagedServer {
  const child = spawn(program, args, { cwd: '/', env: bareEnvironment(), detached: true, stdio: 'pipe' });
  let asked: Asked | null = null;
  let said = '';
  let over: CagedEnd | null = null;

  const answer = (end: CagedEnd): void => {
    const { answer: tell } = asked ?? {};
    asked = null;
    tell?.(end);
  };
  const kill = (end: CagedEnd): void => {
    over ??= end;
    killGroup(child);
  };
  child.stdout.on('data', (part: Buffer) => {
    if (asked === null) return kill({ kind: 'failed', said: 'it speaks unasked', output: '' });
    asked.bytes += part.length;
    if (asked.bytes > asked.outputBytes) return kill({ kind: 'too_much' });
    asked.parts.push(part);
    if (part.at(-1) === endOfLine)
      answer({ kind: 'ended', output: Buffer.concat(asked.parts).toString('utf8') });
  });
  child.stderr.on('data', (part: Buffer) => {
    said = (said + part.toString('utf8')).slice(-mostSaid);
  });
  // It may be gone; how it ended says more than the broken pipe.
  child.stdin.on('error', () => {});
  const gone = new Promise<void>((resolve) => {
    const ended = (end: CagedEnd): void => {
      over ??= end;
      answer(over);
      resolve();
    };
    child.once('error', (error) => ended({ kind: 'failed', said: error.message, output: '' }));
    child.once('close', (code, killedBy) => {
      // The kernel ends what has used up its processor time.
      if (killedBy === 'SIGXCPU') return ended({ kind: 'too_slow' });
      const why = said.trim() || `it ended with ${killedBy ?? `code ${String(code)}`}`;
      ended({ kind: 'failed', said: why, output: '' });
    });
  });

  return {
    ask(line, { withinMs, outputBytes }) {
      if (over !== null) return Promise.resolve(over);
      return new Promise((resolve) => {
        const timer = setTimeout(() => kill({ kind: 'too_slow' }), withinMs);
        asked = {
          parts: [],
          bytes: 0,
          outputBytes,
          answer(end) {
            clearTimeout(timer);
            resolve(end);
          },
        };
        child.stdin.write(`${line}\n`);
      });
    },
    isGone: () => over !== null,
    async end() {
      kill({ kind: 'aborted' });
      await gone;
    },
  };
}
