/** Who runs from this folder now: their packages must not be replaced under them. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

/**
 * Processes of ours that need `node_modules`: those whose Node is the pinned one in there, and those started on
 * `src/main.ts` of this folder with another Node. The caller and its ancestors (npm, the shell) do not count.
 * @param {string} root
 * @returns {Promise<{ pid: number, command: string }[]>}
 */
export async function runningFrom(root) {
  const known = await ancestors();
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = [];
  for (const pid of processes.map(Number)) {
    if (known.has(pid)) continue;
    const folder = join('/proc', String(pid));
    const [program, workingFolder, commandLine] = await Promise.all([
      readlink(join(folder, 'exe')).catch(() => ''),
      readlink(join(folder, 'cwd')).catch(() => ''),
      readFile(join(folder, 'cmdline'), 'utf8').catch(() => ''),
    ]);
    const words = commandLine.split('\0').filter((word) => word !== '');
    const pinnedNode = basename(program) === 'node' && program.startsWith(join(root, 'node_modules') + '/');
    const ownServer = workingFolder === root && words.includes('src/main.ts');
    if (pinnedNode || ownServer) found.push({ pid, command: words.slice(0, 4).join(' ') });
  }
  return found;
}

async function ancestors() {
  const known = new Set([process.pid]);
  for (let pid = process.ppid; pid > 0 && !known.has(pid);) {
    known.add(pid);
    const status = await readFile(join('/proc', String(pid), 'status'), 'utf8').catch(() => '');
    pid = Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
  }
  return known;
}
