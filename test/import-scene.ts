/** The import of lists, put together on a database and a folder of its own, with a list served on loopback. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../src/base/log.ts';
import type { ListFormat } from '../src/features/blocklists/contract.ts';
import { createEnforcer } from '../src/features/blocklists/enforcer.ts';
import { listFolder } from '../src/features/blocklists/folder.ts';
import { importJob } from '../src/features/blocklists/import-job.ts';
import { readEnforcementRow } from '../src/features/blocklists/in-force.ts';
import type { Without } from '../src/features/blocklists/list-jobs.ts';
import { createListWork } from '../src/features/blocklists/list-work.ts';
import type { Met } from '../src/features/blocklists/meets-allowed.ts';
import { queueRun, runView } from '../src/features/blocklists/run-rows.ts';
import type { BlocklistHost } from '../src/host/blocklist/blocklist-host.ts';
import { createDownloader } from '../src/platform/download.ts';
import type { AppEvent } from '../src/platform/events.ts';
import type { Fence } from '../src/platform/lock/fence.ts';
import { startListServer } from './blocklists/list-server.ts';
import { temporaryDatabase } from './database.ts';

export interface SceneOptions {
  /** Other than a folder of its own. */
  dir?: string;
  /** What is never blocked. */
  without?: Without[];
}

export const hostId = 'local';
const dayMs = 86_400_000;

export async function importScene({ dir: given, without = [] }: SceneOptions = {}) {
  const database = await temporaryDatabase();
  const { db } = database;
  const dir = given ?? (await mkdtemp(join(tmpdir(), 'bangui-lists-')));
  const folder = listFolder(dir);
  await folder.prepare();
  const work = createListWork();
  const downloader = createDownloader({
    version: 'test',
    maxBytes: 50_000_000,
    silenceMs: 5_000,
    proxy: null,
    allowPrivate: true,
    sleep: async () => {},
  });
  const server = await startListServer();
  const events: AppEvent[] = [];
  const told: Met[] = [];
  const clock = { at: Date.parse('2026-11-28T12:00:00Z') };
  const now = (): number => clock.at;
  const action = standInAction(folder.ipsetFile);
  const enforcer = createEnforcer({
    db,
    hostId,
    folder,
    without: async () => without,
    blocklist: action,
    work,
    onMet: async (_before, after) => void told.push(after),
  });
  let tenure = 1;
  await db.updateTable('scheduler_fence').set({ token: tenure }).execute();
  const deps = {
    db,
    hostId,
    folder,
    downloader,
    work,
    enforcer,
    maxBytes: 50_000_000,
    isEnforced: async () => (await readEnforcementRow({ db, hostId })) !== undefined,
    simulate: () => Promise.reject(new Error('nothing is simulated here')),
    nextRun: async (_schedule: string, from: number) => from + dayMs,
    events: { announce: (event: AppEvent) => void events.push(event), listen: () => () => {} },
    holder: 'us',
    log: silentLog,
    now,
  };

  return {
    db,
    dir,
    folder,
    clock,
    events,
    told,
    without,
    action,
    serve: server.serve,
    /** As another holder of the lock, from now on. */
    async takeOver() {
      tenure += 1;
      await db.updateTable('scheduler_fence').set({ token: tenure }).execute();
    },
    /** Of the holder of the lock at this moment. */
    fence: () => database.fence(tenure),
    /** One round of the job. */
    round: ({ ending, signal, fence }: { ending?: AbortSignal; signal?: AbortSignal; fence?: Fence } = {}) =>
      importJob(deps).run({
        fence: fence ?? database.fence(tenure),
        ending: ending ?? new AbortController().signal,
        signal: signal ?? new AbortController().signal,
      }),
    async install(method: 'ipset' | 'bans' = 'ipset') {
      const row = { host_id: hostId, method, chains: '["INPUT"]', actor: 'marta', installed_at: now() };
      await db
        .insertInto('blocklist_enforcement')
        .values({ ...row, hits: null, combined: null })
        .execute();
    },
    async addSource(more: { name?: string; url?: string | null; enabled?: 0 | 1; format?: ListFormat } = {}) {
      const { name = 'Kites', url = server.url, enabled = 1 } = more;
      const { id } = await db
        .insertInto('blocklist_sources')
        .values({
          host_id: hostId,
          name,
          url,
          format: JSON.stringify(more.format ?? { kind: 'auto' }),
          enabled,
          schedule: 'hourly',
          next_run_at: null,
          created_at: now(),
          changed_at: now(),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return { id, name };
    },
    source: (id: number) =>
      db.selectFrom('blocklist_sources').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    queue: (source: { id: number; name: string } | null, force = false) =>
      queueRun(db, { hostId, source, cause: 'person', actor: 'marta', force, at: now() }),
    run: async (id: number) =>
      runView(
        await db.selectFrom('blocklist_runs').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
      ),
    runs: async () =>
      (await db.selectFrom('blocklist_runs').selectAll().orderBy('id').execute()).map(runView),
    async close() {
      await work.close();
      await downloader.close();
      await server.close();
      await database.close();
      if (given === undefined) await rm(dir, { recursive: true });
    },
  };
}
export type ImportScene = Awaited<ReturnType<typeof importScene>>;

/** Loads the file as fail2ban's action does, into memory; the real one is in `test/blocklists`. */
function standInAction(ipsetFile: string) {
  let held: Awaited<ReturnType<BlocklistHost['status']>> = null;
  const state = { entries: new Set<string>(), loads: 0, failsWith: '' };
  return {
    state,
    forget() {
      held = null;
      state.entries.clear();
    },
    status: async () => held,
    async load(id: string, signal: AbortSignal): ReturnType<BlocklistHost['load']> {
      signal.throwIfAborted();
      state.loads += 1;
      if (state.failsWith !== '') return { outcome: 'failed', reason: state.failsWith };
      const found = (await readFile(ipsetFile, 'latin1')).split('\n');
      if (found[0] !== `# bangui-blocklist ${id}`) return { outcome: 'failed', reason: 'another file' };
      state.entries = new Set(found.flatMap((line) => /^add \S+ (\S+)/.exec(line)?.[1] ?? []));
      const entriesV6 = [...state.entries].filter((entry) => entry.includes(':')).length;
      const entriesV4 = state.entries.size - entriesV6;
      held = {
        id,
        tried: id,
        state: 'loaded',
        error: null,
        entriesV4,
        entriesV6,
        loadedAt: 0,
        packets: 0,
        bytes: 0,
        countingSince: null,
        countedAt: null,
        ownAddresses: [],
        gateways: [],
        resolvers: [],
        chains: ['INPUT'],
        ipset: 'v7.17',
        lost: [],
      };
      return { outcome: 'loaded', entriesV4, entriesV6, ms: 1 };
    },
  };
}
