/** A jail as its form shows it, and every jail of the configuration in a list. */
import type { EndpointOutput } from '../../base/endpoint.ts';
import { readInside } from '../../host/config/config-folder.ts';
import type { ReadJail } from '../../host/config/effective.ts';
import { examineLogPath, type LogPath } from '../../host/config/log-paths.ts';
import type { listConfigJails, readConfigJail } from './jails-contract.ts';
import { jailOrThrow } from './effective.ts';
import { readOrThrow, type ReadingDeps } from './reading-deps.ts';

type Listed = EndpointOutput<typeof listConfigJails>;
type FormView = EndpointOutput<typeof readConfigJail>;

/** Where the form writes; the name of a jail that can have no such file has to be edited as text. */
export const formPath = (jail: string): string => `jail.d/${jail}.local`;

export async function listJails(deps: ReadingDeps): Promise<Listed> {
  const reading = await readOrThrow(deps);
  const items = reading.jails.map((jail) => headOf(jail, deps));
  return { items, findings: [...reading.findings], next_cursor: null, total: items.length };
}

function headOf(jail: ReadJail, { host }: ReadingDeps): Listed['items'][number] {
  const { name, enabled, own, filter, findings } = jail;
  const active = host.status().jails.some((one) => one.name === name);
  return { name, enabled, active, own, file: formPath(name), filter, findings: [...findings] };
}

/** Throws 404 for a jail that is not configured. */
export async function readForm(deps: ReadingDeps, name: string): Promise<FormView> {
  const jail = jailOrThrow(await readOrThrow(deps), name);
  const file = formPath(name);
  // A name with a slash is one of a jail, but never one of a file.
  const bytes = name.includes('/') ? null : await readInside(deps.configDir, file);
  const options: FormView['options'] = {};
  for (const { option, value, written, origin } of jail.values)
    options[option] = { value, written, origin, own: origin?.file === file };
  return {
    ...headOf(jail, deps),
    options,
    log_paths: (await logPathsOf(jail, deps.allowedLogDirs)).map(logPathView),
    etag: bytes?.kind === 'read' ? `"${bytes.sha256}"` : null,
  };
}

export async function logPathsOf(jail: ReadJail, allowedDirs: readonly string[]): Promise<LogPath[]> {
  const lines = (jail.value('logpath')?.value ?? '').split('\n').filter((line) => line.trim() !== '');
  return Promise.all(lines.map((line) => examineLogPath(line, allowedDirs)));
}

export const logPathView = ({ path, exists, files, allowed }: LogPath) => ({ path, exists, files, allowed });
