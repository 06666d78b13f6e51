/**
 * `npm run dev`: the server, started again when its source changes, and Vite's server for the pages, which hands
 * calls to the API on to it. One Ctrl-C ends both; when one of them dies, the other is ended too.
 */
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.mjs';
import { untilSignalled } from './steps.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const asked = untilSignalled();
const oneEnded = new AbortController();
const signal = AbortSignal.any([asked, oneEnded.signal]);

const run = async (/** @type {string} */ name, /** @type {string[]} */ args) => {
  try {
    const { code } = await runProgram(process.execPath, args, {
      cwd: root,
      show: true,
      signal,
      graceMs: 32_000,
    });
    oneEnded.abort(new Error(`${name} ended with code ${code}`));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

await Promise.all([
  run('the server', ['--watch', '--watch-preserve-output', 'src/main.ts']),
  run('the pages', ['node_modules/vite/bin/vite.js']),
]);
if (!asked.aborted) {
  console.error(oneEnded.signal.reason.message);
  process.exitCode = 1;
}
