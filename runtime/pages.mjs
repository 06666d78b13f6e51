/** Builds the pages when their sources changed, and puts them in place at once, so that a running server never sees half of them. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { nodeForBangui } from './packages.mjs';
import { lastLines, runProgram, SetupError } from './run-program.mjs';

const sources = [
  'index.html',
  'vite.config.ts',
  'tsconfig.json',
  'tsconfig.web.json',
  'package-lock.json',
  'src/base',
  'src/ui',
  'src/web',
  'src/features',
];
const stampFile = (/** @type {string} */ root) => join(root, 'dist', '.setup-stamp');

/** Whether `dist/web` is missing or was built from other sources. @param {string} root */
export async function pagesAreDue(root) {
  const stamp = await readFile(stampFile(root), 'utf8').catch(() => '');
  return stamp !== (await sourcesHash(root)) || !existsSync(join(root, 'dist', 'web'));
}

/** @param {{ root: string, descriptor?: number | undefined, signal?: AbortSignal | undefined }} options */
export async function buildPages({ root, descriptor, signal }) {
  const hash = await sourcesHash(root);
  const web = join(root, 'dist', 'web');
  const [next, old] = [`${web}.next`, `${web}.old`];
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--outDir', next, '--emptyOutDir', '--logLevel', 'warn'];
  const { code, output } = await runProgram(nodeForBangui(root), args, { cwd: root, descriptor, signal });
  if (code !== 0) throw new SetupError(`The pages could not be built:\n${lastLines(output, 40)}`);
  await rm(old, { recursive: true, force: true });
  if (existsSync(web)) await rename(web, old);
  await rename(next, web);
  await writeFile(stampFile(root), hash);
  await rm(old, { recursive: true, force: true });
}

/** @param {string} root */
async function sourcesHash(root) {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of await filesUnder(join(root, source))) {
      const name = relative(root, file);
      if (!isPartOfPages(name)) continue;
      hash
        .update(`${name}\0`)
        .update(await readFile(file))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

/** Of a feature only its pages and its contract reach the browser; tests never do. @param {string} name */
const isPartOfPages = (name) =>
  !/\.test\.tsx?$/.test(name) &&
  (!name.startsWith('src/features/') || /^src\/features\/[^/]+\/(web\/|contract\.ts$)/.test(name));

/** Every file of a folder in a fixed order; a file itself when `path` is one; nothing when it is missing. @param {string} path @returns {Promise<string[]>} */
async function filesUnder(path) {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => null);
  if (entries === null) return existsSync(path) ? [path] : [];
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const nested = sorted.map(async (entry) => {
    const inside = join(path, entry.name);
    return entry.isDirectory() ? filesUnder(inside) : [inside];
  });
  return (await Promise.all(nested)).flat();
}
