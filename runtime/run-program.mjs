/** Starts one program and waits for it, so that a signal to us ends it too. Runs on Node 20. */
import { spawn } from 'node:child_process';

/** Something a person has to know or do; the message is a whole sentence and is shown without a stack. */
export class SetupError extends Error {}

/**
 * Answers the exit code and, unless `show`, everything the program printed. When `signal` aborts, the program gets
 * SIGTERM and `graceMs` later SIGKILL; the call then rejects with the signal's reason, after the program is gone.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, signal?: AbortSignal | undefined, graceMs?: number, descriptor?: number | undefined, detached?: boolean }} [options]
 *   `descriptor`: an open file the program gets as its descriptor 3; `detached`: Ctrl-C in our terminal does not reach it
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function runProgram(program, args, options = {}) {
  const { cwd, env, show = false, signal, graceMs = 10_000, descriptor, detached = false } = options;
  const output = show ? 'inherit' : 'pipe';
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    cwd,
    env: env ?? process.env,
    detached,
    stdio: ['ignore', output, output, ...(descriptor === undefined ? [] : [descriptor])],
  });
  /** @type {string[]} */
  const printed = [];
  child.stdout?.setEncoding('utf8').on('data', (text) => printed.push(String(text)));
  child.stderr?.setEncoding('utf8').on('data', (text) => printed.push(String(text)));

  /** @type {NodeJS.Timeout | undefined} */
  let lastResort;
  const end = () => {
    child.kill('SIGTERM');
    lastResort = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  signal?.addEventListener('abort', end, { once: true });
  try {
    /** @type {number} */
    const code = await new Promise((resolve, reject) => {
      child.once('error', (cause) => reject(new SetupError(`Could not start ${program}.`, { cause })));
      child.once('close', (status) => resolve(status ?? 1));
    });
    signal?.throwIfAborted();
    return { code, output: printed.join('') };
  } finally {
    signal?.removeEventListener('abort', end);
    clearTimeout(lastResort);
  }
}

/** The last lines of what a program printed: enough to see why it failed. @param {string} output */
export const lastLines = (output, count = 20) => output.trimEnd().split('\n').slice(-count).join('\n');
