/** Compiles the list of networks that comes as text, once a version: a service may not be able to write beside it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeForBangui } from './packages.mjs';
import { lastLines, runProgram, SetupError } from './run-program.mjs';

/** Whether no start of this version has left its table. @param {string} root */
export async function networksAreDue(root) {
  const modules = join(root, 'node_modules');
  const text = await readFile(join(modules, '@ip-location-db', 'asn', 'package.json'), 'utf8').catch(
    () => null,
  );
  if (text === null) return false;
  const { version } = JSON.parse(text);
  const kept = await readdir(join(modules, '.cache', 'bangui')).catch(() => []);
  return !kept.some((name) => name.startsWith(`networks-${version}-`));
}

/** @param {{ root: string, descriptor?: number | undefined, signal?: AbortSignal | undefined }} options */
export async function prepareNetworks({ root, descriptor, signal }) {
  const program = join(root, 'src', 'platform', 'geo', 'prepare-networks.ts');
  const { code, output } = await runProgram(nodeForBangui(root), [program], {
    cwd: root,
    descriptor,
    signal,
  });
  if (code !== 0) throw new SetupError(`The networks could not be compiled:\n${lastLines(output, 20)}`);
}
