/** Which jails the configuration names, and which of them are switched on. */
import { valueOf } from './parse-ini.ts';
import { decisive, interpolated, readLayers } from './tree.ts';

export interface ConfiguredJail {
  name: string;
  enabled: boolean;
}

/** What Python's configparser takes for true; everything else leaves a jail off. */
const truths = new Set(['1', 'yes', 'true', 'on']);
const noJails = new Set(['DEFAULT', 'INCLUDES']);

/** In the order of the files; none where the folder cannot be read. */
export async function readConfiguredJails(configDir: string): Promise<ConfiguredJail[]> {
  const entries = await readLayers(configDir, 'jail');
  const names = new Set(entries.map((entry) => entry.section).filter((name) => !noJails.has(name)));
  return [...names].map((name) => {
    const entry = decisive(entries, name, 'enabled');
    const value = entry === null ? null : interpolated(entries, name, valueOf(entry));
    return { name, enabled: truths.has((value ?? '').toLowerCase()) };
  });
}
