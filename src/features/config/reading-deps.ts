/** What reading the configuration needs, and what is asked of it everywhere. */
import { AppError } from '../../base/errors.ts';
import type { ConfigReader } from '../../host/config/config-reader.ts';
import type { ConfigReading } from '../../host/config/effective.ts';
import type { Host } from '../../host/host.ts';

export interface ReadingDeps {
  /** fail2ban's. */
  configDir: string;
  reader: ConfigReader;
  host: Host;
  /** Folders whose log files may be named. */
  allowedLogDirs: readonly string[];
}

/** Throws 503 when fail2ban's readers cannot be asked. */
export async function readOrThrow({ reader }: Pick<ReadingDeps, 'reader'>): Promise<ConfigReading> {
  const reading = await reader.read();
  if (reading.failure !== null) throw readersMissing(reading.failure);
  return reading;
}

export const readersMissing = (sentence: string): AppError =>
  new AppError(503, 'config_unreadable', sentence);

/** Jails that fail2ban runs now come first, then those that are on. */
export function byActivity(
  { jails }: ConfigReading,
  { host }: Pick<ReadingDeps, 'host'>,
): (names: Iterable<string>) => string[] {
  const running = new Set<string>(host.status().jails.map((one) => one.name));
  const enabled = new Set(jails.filter((one) => one.enabled).map((one) => one.name));
  const rank = (name: string): number => (running.has(name) ? 0 : enabled.has(name) ? 1 : 2);
  return (names) => [...names].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
