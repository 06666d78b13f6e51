/** Installs exactly what the lockfile says, and only when that is not what is installed. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join, sep } from 'node:path';
import { runningFrom } from './instances.mjs';
import { lastLines, runProgram, SetupError } from './run-program.mjs';

const stampFile = (/** @type {string} */ root) => join(root, 'node_modules', '.setup-stamp');

/** Whether `npm ci` has to run. A `node_modules` that npm itself brought in step with the lockfile is taken as it is. @param {string} root */
export async function packagesAreDue(root) {
  const wanted = await wantedStamp(root);
  if ((await readFile(stampFile(root), 'utf8').catch(() => '')) === wanted) return false;
  if (!(await installedMatchesLockfile(root))) return true;
  await writeFile(stampFile(root), wanted);
  return false;
}

/**
 * Runs `npm ci`. Refuses while something runs from this folder: npm deletes `node_modules` first.
 * @param {{ root: string, descriptor?: number | undefined, signal?: AbortSignal | undefined }} options  `descriptor`: of the lock, which npm keeps should we be killed
 */
export async function installPackages({ root, descriptor, signal }) {
  const running = await runningFrom(root);
  if (running.length > 0) {
    const list = running.map(({ pid, command }) => `${pid} (${command})`).join(', ');
    throw new SetupError(
      `The packages have changed and have to be installed again, but something still runs from ${root}: ` +
        `process ${list}. Stop it, then start again.`,
    );
  }
  const { code, output } = await runProgram(
    'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, env: { ...process.env, PATH: pathOutside(root) }, descriptor, signal },
  );
  if (code !== 0) throw new SetupError(`npm could not install the packages:\n${lastLines(output)}`);
  await mkdir(join(root, 'node_modules'), { recursive: true });
  await writeFile(stampFile(root), await wantedStamp(root));
}

/** The Node that runs BanGUI: the pinned one, or the caller's own where no pinned one exists. @param {string} root */
export function nodeForBangui(root) {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(pinned)) return pinned;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 15)) return process.execPath;
  throw new SetupError(
    `BanGUI runs on Node 24.15 or newer. It brings its own on Linux (x64 and arm64), but not for ` +
      `${process.platform} ${process.arch}: install Node 24, then start again. This is ${process.version}.`,
  );
}

/** @param {string} root */
async function wantedStamp(root) {
  const lockfile = await readFile(join(root, 'package-lock.json')).catch(() => {
    throw new SetupError(`There is no package-lock.json in ${root}: this is not a whole copy of BanGUI.`);
  });
  return createHash('sha256').update(lockfile).update(`${process.platform} ${process.arch}`).digest('hex');
}

/** npm writes `node_modules/.package-lock.json` last, after everything it lists is in place. @param {string} root */
async function installedMatchesLockfile(root) {
  const installed = await packagesOf(join(root, 'node_modules', '.package-lock.json'));
  const wanted = await packagesOf(join(root, 'package-lock.json'));
  if (installed === null || wanted === null) return false;
  const same = Object.entries(installed).every(
    ([path, entry]) => entry.link === true || entry.version === wanted[path]?.version,
  );
  return (
    same &&
    Object.entries(wanted).every(
      ([path, entry]) =>
        !path.startsWith('node_modules/') || entry.optional === true || installed[path] !== undefined,
    )
  );
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, { version?: string, optional?: boolean, link?: boolean }> | null>}
 */
async function packagesOf(file) {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text).packages ?? null);
}

/** PATH without our own `.bin`: npm must not run on a Node that it is about to delete. @param {string} root */
const pathOutside = (root) =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(root, 'node_modules') + sep))
    .join(delimiter);
