/** Which fail2ban servers run on this machine, by the command lines the kernel shows to everybody. */
import { existsSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';

export interface ServerProcess {
  pid: number;
  /** Its `-c` and `-s`; null when it was started without. */
  configFolder: string | null;
  socketPath: string | null;
}

/** File in the practice folder that names the link to it, when there is one. */
export const shortPathRecord = 'short-path';

/** Lies in the configuration folder of every practice server. */
export const practiceMark = 'practice-server';

/** Every `fail2ban-server` there is. Where /proc hides other people's processes, theirs are missing. */
export async function fail2banProcesses(processFolder = '/proc'): Promise<ServerProcess[]> {
  const pids = (await readdir(processFolder)).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid): Promise<ServerProcess[]> => {
      // A process that ended meanwhile has no command line, and neither has a kernel thread or a zombie.
      const text = await readFile(join(processFolder, pid, 'cmdline'), 'utf8').catch(() => '');
      const words = text.split('\0');
      // `python3 -x /usr/bin/fail2ban-server -xf start`: a script, so never the first word alone.
      if (!words.slice(0, 4).some((word) => basename(word) === 'fail2ban-server')) return [];
      const after = (option: string): string | null => words[words.indexOf(option) + 1] ?? null;
      return [
        {
          pid: Number(pid),
          configFolder: words.includes('-c') ? after('-c') : null,
          socketPath: words.includes('-s') ? after('-s') : null,
        },
      ];
    }),
  );
  return found.flat();
}

/** True for a practice server, of this BanGUI or another. */
export const isPractice = ({ configFolder }: ServerProcess): boolean =>
  configFolder !== null && existsSync(join(configFolder, practiceMark));

/** The practice servers whose files lie under `dir`: one, none, or more when something went wrong. */
export async function serversOf(dir: string): Promise<ServerProcess[]> {
  const wanted = await canonical(join(dir, 'etc'));
  // By the link it was started with, too: whoever tidies the temporary folder may have taken the link away.
  const link = await readFile(join(dir, shortPathRecord), 'utf8').catch(() => '');
  const own: ServerProcess[] = [];
  for (const server of await fail2banProcesses()) {
    const { configFolder } = server;
    if (configFolder === null) continue;
    if (configFolder === join(link, 'etc') || (await canonical(configFolder)) === wanted) own.push(server);
  }
  return own;
}

const canonical = (path: string): Promise<string> => realpath(path).catch(() => path);
