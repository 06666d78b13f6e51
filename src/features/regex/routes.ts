/** The endpoints of the laboratory. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Host } from '../../host/host.ts';
import { findJournal } from '../../host/regex/journal.ts';
import type { RegexEngine } from '../../host/regex/match-lines.ts';
import type { ReadDraft } from '../../host/regex/read-draft.ts';
import type { FilterReader } from '../../host/regex/read-filters.ts';
import type { ReplayLines } from '../../host/regex/replay-lines.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Locate } from '../../platform/geo/place.ts';
import type { Mount } from '../../platform/http/mount.ts';
import { proposeRegex, readLab, readLabFilter, readLabJail, readSamples, testRegex } from './contract.ts';
import { createLabJails } from './lab-jails.ts';
import { filterText, jailView } from './lab-view.ts';
import { propose } from './propose.ts';
import { cancelReplay, readReplay, startReplay } from './replay-contract.ts';
import { createReplays } from './replays.ts';
import { samplesOf } from './samples.ts';
import { beginReplay } from './start-replay.ts';
import { testLines } from './test-lines.ts';
import { changeTrial, deleteTrial, listTrials, readTrial, saveTrial } from './trials-contract.ts';
import { createTrials } from './trials.ts';

interface RegexRoutesDeps {
  mount: Mount;
  db: Kysely<Database>;
  host: Host;
  engine: RegexEngine;
  reader: FilterReader;
  readDraft: ReadDraft;
  replayLines: ReplayLines;
  /** Names of the filters that the configuration holds. */
  filterNames: () => Promise<string[]>;
  locate: Locate;
  allowedLogDirs: readonly string[];
  log: Log;
  now: Clock;
}

/** Answers how to stop its runs. */
export function regexRoutes(deps: RegexRoutesDeps): { close(): Promise<void> } {
  const { mount, db, host, engine, reader, filterNames, locate, allowedLogDirs, log, now } = deps;
  const { readDraft, replayLines } = deps;
  const hostId = host.id;
  const jails = createLabJails({ host, reader, engine });
  const trials = createTrials({ db, hostId, now });
  const replays = createReplays({ log, now });
  const purgeSeconds = (): number | null => host.status().purgeSeconds;
  const sources = { db, hostId, locate, allowedLogDirs, purgeSeconds, now };
  const replayDeps = { ...sources, jails, engine, readDraft, replayLines, replays };

  mount(readLab, async () => ({
    jails: await jails.list(),
    filters: await filterNames(),
    journal: (await findJournal()) !== null,
    log_folders: [...allowedLogDirs],
  }));
  mount(readLabJail, async ({ params }) => jailView(await jails.jailOf(params.name), allowedLogDirs));
  mount(readLabFilter, async ({ params: { name } }) => ({
    name,
    text: filterText(await jails.filterNamed(name)),
  }));
  mount(readSamples, ({ params }) => samplesOf(reader, params.name));
  mount(testRegex, ({ body }) => testLines({ engine, jails, allowedLogDirs, now }, body));
  mount(proposeRegex, ({ body }) => propose({ engine, now }, body));

  mount(startReplay, async ({ body }, { client }) => ({
    run_id: await beginReplay(replayDeps, body, client),
  }));
  mount(readReplay, ({ params }) => replays.read(params.id));
  mount(cancelReplay, async ({ params }) => {
    await replays.remove(params.id);
    return undefined;
  });

  mount(listTrials, () => trials.list());
  mount(saveTrial, ({ body }, { actor }) => trials.save(body, actor?.name ?? ''));
  mount(readTrial, ({ params }) => trials.read(params.id));
  mount(changeTrial, ({ params, body }) => trials.change(params.id, body));
  mount(deleteTrial, ({ params }) => trials.remove(params.id));
  return { close: replays.close };
}
