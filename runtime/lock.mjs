/** One at a time: a lock that the kernel gives back when its holder dies, so that none is ever left behind. */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { runProgram, SetupError } from './run-program.mjs';

/**
 * Waits for the lock and answers the way to release it. `waiting` is called once, with the holder's process id as
 * it wrote it, when another holds it. The lock is flock(2) on the open file: util-linux's `flock` takes it on our descriptor.
 * @param {{ file: string, waiting: (holder: string) => void, signal?: AbortSignal | undefined }} options
 * @returns {Promise<{ descriptor: number, release: () => void }>}  `descriptor`: a program that gets it keeps the lock while it lives
 */
export async function takeLock({ file, waiting, signal }) {
  const descriptor = openSync(file, 'a+', 0o600);
  try {
    if (!(await flock(descriptor, ['--nonblock'], signal))) {
      waiting(readFileSync(file, 'utf8').trim() || 'unknown');
      if (!(await flock(descriptor, ['--timeout', '1800'], signal))) {
        throw new SetupError(`Another set-up has held ${file} for 30 minutes. End it, then start again.`);
      }
    }
    ftruncateSync(descriptor);
    writeSync(descriptor, String(process.pid));
    return { descriptor, release: () => closeSync(descriptor) };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** @param {number} descriptor @param {readonly string[]} options @param {AbortSignal | undefined} signal */
async function flock(descriptor, options, signal) {
  const { code, output } = await runProgram('flock', [...options, '--conflict-exit-code', '75', '3'], {
    descriptor,
    signal,
  });
  if (code !== 0 && code !== 75) throw new SetupError(`The lock could not be taken: ${output.trim()}`);
  return code === 0;
}
