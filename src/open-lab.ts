/** The laboratory's server side: fail2ban's readers, its engine, and the endpoints. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import type { Fail2banConfig } from './fail2ban-settings.ts';
import { regexRoutes } from './features/regex/routes.ts';
import type { Host } from './host/host.ts';
import { createRegexEngine } from './host/regex/match-lines.ts';
import { createDraftReader } from './host/regex/read-draft.ts';
import { createFilterReader } from './host/regex/read-filters.ts';
import { createReplayLines } from './host/regex/replay-lines.ts';
import type { Database } from './platform/db/schema.ts';
import type { Locate } from './platform/geo/place.ts';
import type { Mount } from './platform/http/mount.ts';

interface LabDeps {
  mount: Mount;
  db: Kysely<Database>;
  host: Host;
  locate: Locate;
  /** fail2ban's. */
  configDir: string;
  config: Pick<Fail2banConfig, 'fail2banRegex' | 'allowedLogDirs'>;
  log: Log;
  now: Clock;
  closers: Closers;
}

export function openLab(deps: LabDeps): void {
  const { mount, db, host, locate, configDir, config, log, now, closers } = deps;
  const { fail2banRegex: program, allowedLogDirs } = config;
  const engine = createRegexEngine({ program });
  closers.add('lab_engine', engine.close);
  const reader = createFilterReader({ program, configDir });
  closers.add('lab_reader', reader.close);
  const readDraft = createDraftReader({ configDir, reader });
  const replayLines = createReplayLines({ program });
  const filterNames = () => namesIn(join(configDir, 'filter.d'));
  const programs = { engine, reader, readDraft, replayLines };
  const lab = { mount, db, host, ...programs, filterNames, locate, allowedLogDirs, log, now };
  closers.add('replays', regexRoutes(lab).close);
}

/** Filters by name, each once. */
async function namesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  const names = files.flatMap((file) => /^(.+)\.(?:conf|local)$/.exec(file)?.[1] ?? []);
  return [...new Set(names)].filter((name) => !name.endsWith('-common') && name !== 'common').toSorted();
}
