/** What the configuration tells a jail to ignore, spelled as fail2ban lists it. */
import { locateJail } from '../../host/config/locate.ts';
import { parseIgnoreEntry } from '../../host/ignore-entry.ts';

/** What fail2ban does not take for an entry of ours (a file, a tag) is left out. Empty where nothing can be read. */
export async function configuredIgnores(configDir: string, jail: string): Promise<Set<string>> {
  const places = await locateJail(configDir, jail);
  const value = places.setting('ignoreip')?.value ?? '';
  return new Set(value.split(/[\s,]+/).flatMap((text) => parseIgnoreEntry(text) ?? []));
}
