/**
 * Brings a clone to the state its commands need, and does nothing when it is there already. Runs on Node 20 with
 * nothing installed. `--no-pages`: packages only · `--tests`: also what the tests need from Debian · `--deploy`: also
 * what the tests of the images need.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deployPackages, installDebianPackages, testPackages } from './debian-packages.mjs';
import { takeLock } from './lock.mjs';
import { networksAreDue, prepareNetworks } from './networks.mjs';
import { installPackages, nodeForBangui, packagesAreDue } from './packages.mjs';
import { buildPages, pagesAreDue } from './pages.mjs';
import { SetupError } from './run-program.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const wanted = {
  pages: !process.argv.includes('--no-pages'),
  debian: {
    ...(process.argv.includes('--tests') ? testPackages : {}),
    ...(process.argv.includes('--deploy') ? deployPackages : {}),
  },
};
const say = (/** @type {string} */ line) => console.log(`set-up: ${line}`);

const stopped = new AbortController();
const signals = /** @type {const} */ ({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 });
for (const [name, code] of Object.entries(signals)) {
  process.on(name, () => {
    process.exitCode = code;
    stopped.abort(new SetupError(`stopped by ${name}. The next start takes up where this one ended.`));
  });
}
// A signal to npm ends the shell that npm started, and that shell does not pass it on: its end is our signal.
const parent = process.ppid;
const watch = setInterval(() => process.ppid !== parent && process.kill(process.pid, 'SIGTERM'), 500);
watch.unref();

try {
  await setUp();
} catch (error) {
  process.exitCode = process.exitCode || 1;
  console.error(error instanceof SetupError ? `set-up: ${error.message}` : error);
}

async function setUp() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(`needs Node 20 or newer to begin with; this is ${process.version}.`);
  }
  // Nothing due is the usual start, and needs no lock.
  if (!(await anythingIsDue())) return;
  const { signal } = stopped;
  const { descriptor, release } = await takeLock({
    file: join(root, '.setup-lock'),
    waiting: (holder) => say(`waiting for the one that is running (process ${holder})`),
    signal,
  });
  try {
    if (await packagesAreDue(root)) {
      await timed('installing packages and the pinned Node', () =>
        installPackages({ root, descriptor, signal }),
      );
    }
    nodeForBangui(root);
    const packages = missingPackages();
    if (packages.length > 0) {
      await timed(`adding ${packages.join(' and ')} for the tests`, () =>
        installDebianPackages({ packages, say, signal }),
      );
    }
    if (wanted.pages && (await networksAreDue(root))) {
      await timed('compiling the list of networks', () => prepareNetworks({ root, descriptor, signal }));
    }
    if (wanted.pages && (await pagesAreDue(root))) {
      await timed('building the pages', () => buildPages({ root, descriptor, signal }));
    }
  } finally {
    release();
  }
}

async function anythingIsDue() {
  if (await packagesAreDue(root)) return true;
  nodeForBangui(root);
  if (missingPackages().length > 0) return true;
  return wanted.pages && ((await networksAreDue(root)) || (await pagesAreDue(root)));
}

function missingPackages() {
  return Object.entries(wanted.debian)
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => name);
}

/** @param {string} what @param {() => Promise<void>} act */
async function timed(what, act) {
  const began = performance.now();
  say(`${what} …`);
  await act();
  say(`${what}: done in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
