/** What a new jail can begin with: shipped jails that are off, those whose service is here first, and a blank one. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { ReadJail } from '../../host/config/effective.ts';
import type { listTemplates } from './jails-contract.ts';
import { logPathsOf, logPathView } from './jail-form.ts';
import { readOrThrow, type ReadingDeps } from './reading-deps.ts';

type Templates = EndpointOutput<typeof listTemplates>;
type Template = Templates['items'][number];

const unitFolders = ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'];
/** What somebody sets in a jail of the own; the rest comes from the defaults. */
const beginning = ['filter', 'port', 'logpath', 'backend', 'journalmatch', 'maxretry', 'findtime', 'bantime'];
const blank: Template = {
  name: null,
  filter: null,
  likely: false,
  log_paths: [],
  units: [],
  options: { enabled: 'true', filter: '', port: '', logpath: '' },
};

export async function templates(deps: ReadingDeps): Promise<Templates> {
  const { jails } = await readOrThrow(deps);
  const off = jails.filter((jail) => !jail.enabled && !jail.own);
  const items = await Promise.all(off.map((jail) => templateOf(jail, deps)));
  const sorted = items.toSorted(
    (a, b) => Number(b.likely) - Number(a.likely) || ((a.name ?? '') < (b.name ?? '') ? -1 : 1),
  );
  return { items: [...sorted, blank], next_cursor: null, total: sorted.length + 1 };
}

async function templateOf(jail: ReadJail, { allowedLogDirs }: ReadingDeps): Promise<Template> {
  const log_paths = (await logPathsOf(jail, allowedLogDirs)).map(logPathView);
  const units = await unitsOf(jail.value('journalmatch')?.value ?? '');
  // What stands among the defaults holds without being written again.
  const set = beginning
    .filter((option) => jail.ownOptions.has(option))
    .map((option): [string, string] => [option, jail.value(option)?.written ?? '']);
  return {
    name: jail.name,
    filter: jail.filter,
    likely: log_paths.some((one) => one.exists) || units.some((one) => one.exists),
    log_paths,
    units,
    options: { ...Object.fromEntries(set), enabled: 'true' },
  };
}

/** `_SYSTEMD_UNIT=sshd.service + _COMM=sshd` */
async function unitsOf(journalMatch: string): Promise<Template['units']> {
  const names = [...journalMatch.matchAll(/_SYSTEMD_UNIT=["']?([\w@.:-]+)/g)].map(([, name = '']) => name);
  return Promise.all([...new Set(names)].map(async (name) => ({ name, exists: await hasUnit(name) })));
}

async function hasUnit(name: string): Promise<boolean> {
  const looks = unitFolders.map((folder) =>
    access(join(folder, name)).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(looks)).includes(true);
}
