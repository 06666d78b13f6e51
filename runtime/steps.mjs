/** Runs programs one after the other, all of them even when one fails, with a line each on what it took. */
import { delimiter, join } from 'node:path';
import { runProgram } from './run-program.mjs';

/**
 * A step's output is shown when it fails; `show` lets it through as it comes.
 * @typedef {{ name: string, args: readonly string[], show?: boolean }} Step  `args`: of Node
 */

/**
 * Runs the steps with this Node in `root` and answers the names of those that failed.
 * @param {{ root: string, steps: readonly Step[], signal: AbortSignal }} options
 * @returns {Promise<string[]>}
 */
export async function runSteps({ root, steps, signal }) {
  const env = {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env['PATH']}`,
  };
  const failed = [];
  for (const { name, args, show = false } of steps) {
    const began = performance.now();
    const { code, output } = await runProgram(process.execPath, args, { cwd: root, env, show, signal });
    const took = `${((performance.now() - began) / 1000).toFixed(1)} s`;
    if (code !== 0) {
      failed.push(name);
      if (!show) console.log(output.trimEnd());
    }
    console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${name}  (${took})`);
  }
  return failed;
}

/** Aborts at the first signal that ends a process; a second one changes nothing. */
export function untilSignalled() {
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => stopped.abort(new Error(`stopped by ${name}`)));
  }
  return stopped.signal;
}
