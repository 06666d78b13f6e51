/** A configuration folder of its own, and a rehearser for it, for tests and the benchmark. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileChange, FileKind } from '../src/host/config/change.ts';
import { parseConfigFile } from '../src/host/config/parse-config-file.ts';
import type { Rehearsal } from '../src/host/config/rehearsal.ts';
import { createRehearser, type RehearserDeps } from '../src/host/config/rehearse.ts';
import { fail2banPaths, writeFail2banConfig, type Fail2banOptions } from './fail2ban/fail2ban-config.ts';

export type Files = Readonly<Record<string, string | null>>;

export interface RehearsalScene {
  dir: string;
  configDir: string;
  /** `$DIR` in the texts stands for the folder. */
  rehearse(files: Files, deps?: Partial<RehearserDeps>, signal?: AbortSignal): Promise<Rehearsal>;
  /** Every file of the configuration, with a sum of what it holds and when it was written. */
  contents(): Promise<Record<string, string>>;
  /** What lies in the temporary folder. */
  leftovers(): Promise<string[]>;
  remove(): Promise<void>;
}

const server = '/usr/bin/fail2ban-server';

export async function openRehearsalScene(options: Fail2banOptions = {}): Promise<RehearsalScene> {
  const dir = await mkdtemp(join(tmpdir(), 'bangui-scene-'));
  const temporary = join(dir, 'temporary');
  await mkdir(temporary);
  const paths = fail2banPaths(dir);
  await writeFail2banConfig(paths, options);
  const { configDir } = paths;
  return {
    dir,
    configDir,
    async rehearse(files, deps = {}, signal = new AbortController().signal) {
      const outer = process.env['TMPDIR'];
      process.env['TMPDIR'] = temporary;
      const rehearser = createRehearser({ configDir, program: server, allowedLogDirs: [dir], ...deps });
      try {
        const changes = changesOf(files, dir);
        return await rehearser.rehearse(changes, signal);
      } finally {
        await rehearser.close();
        if (outer === undefined) delete process.env['TMPDIR'];
        else process.env['TMPDIR'] = outer;
      }
    },
    async contents() {
      const found: Record<string, string> = {};
      for (const name of await readdir(configDir, { recursive: true })) {
        const path = join(configDir, name);
        const about = await stat(path);
        if (!about.isFile()) continue;
        const sum = createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
        found[name] = `${sum} ${about.mtimeMs} ${about.mode}`;
      }
      return found;
    },
    leftovers: () => readdir(temporary),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

const kinds: Readonly<Record<string, FileKind>> = {
  'jail.d': 'jail',
  'filter.d': 'filter',
  'action.d': 'action',
  'fail2ban.d': 'server',
  'jail.local': 'jail',
  'fail2ban.local': 'server',
};

export function changesOf(files: Files, dir: string): FileChange[] {
  return Object.entries(files).map(([path, text]) => {
    const [folder = '', name = folder] = path.split('/');
    const kind = kinds[folder];
    const file = kind === undefined ? null : parseConfigFile(kind, name);
    if (file === null) throw new Error(`${path} is no file of the configuration`);
    return { file, before: null, content: text?.replaceAll('$DIR', dir) ?? null };
  });
}
