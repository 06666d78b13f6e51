/** What fail2ban's configuration says about the server itself, and where. */
import { join } from 'node:path';
import { parseDuration } from '../base/duration.ts';
import { valueOf } from './config/parse-ini.ts';
import { decisive, interpolated, readLayers } from './config/tree.ts';

/** By the names that fail2ban uses. */
export const serverOptions = ['loglevel', 'logtarget', 'dbpurgeage', 'dbmaxmatches'] as const;
export type ServerOption = (typeof serverOptions)[number];

export interface ConfiguredOption {
  /** As fail2ban would hold it: times in seconds, words in upper case; as written when it cannot be told. */
  value: string;
  /** Below the configuration's folder. */
  file: string;
  /** Counted from 1. */
  line: number;
}

/** Options that are written nowhere, or in files that are closed to us, are missing. Reads the files anew. */
export async function readServerOptions(
  configDir: string,
): Promise<Partial<Record<ServerOption, ConfiguredOption>>> {
  const entries = await readLayers(configDir, 'fail2ban');
  const found: Partial<Record<ServerOption, ConfiguredOption>> = {};
  for (const option of serverOptions) {
    const entry = decisive(entries, 'Definition', option);
    if (entry === null) continue;
    const written = valueOf(entry);
    const value = heldAs(option, interpolated(entries, 'Definition', written) ?? written);
    const file = entry.file.startsWith(join(configDir, '/'))
      ? entry.file.slice(join(configDir, '/').length)
      : entry.file;
    found[option] = { value, file, line: entry.line };
  }
  return found;
}

function heldAs(option: ServerOption, value: string): string {
  if (option === 'loglevel') return value.toUpperCase();
  if (option === 'dbpurgeage') return String(parseDuration(value) ?? value);
  // `SYSLOG[facility=…]`: what stands in brackets is not told by the daemon
  return option === 'logtarget' ? value.replace(/\[.*\]$/s, '') : value;
}
