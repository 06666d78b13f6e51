/** SIGTERM in the middle of the history's long tasks: each stops after a batch, and goes on at the next start. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { checkHistory } from '../../src/features/history/store/check.ts';
import { openDatabase } from '../../src/platform/db/open.ts';
import { startBangui, until, type RunningBangui } from '../bangui.ts';
import { madeBans, makeFail2banDatabase } from '../fail2ban/made-database.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { mmdbFile } from '../mmdb.ts';
import { signIn, type Operator } from '../operator.ts';
import { databaseOf, onPostgres } from '../servers/test-databases.ts';

const bans = 36_000;
/** So many that they are not all taken over while something else is waited for. */
const many = onPostgres() ? 100_000 : 300_000;
const addresses = 1_200;
const days = 30;
const shutdown = [
  'bangui_shutting_down',
  'scheduler_stopped_accepting_jobs',
  'waiting_for_pending_tasks',
  'pending_tasks_completed',
  'http_session_closed',
  'external_logging_shutdown_complete',
  'scheduler_lock_released',
  'bangui_shut_down',
];
const history = z.object({
  state: z.string(),
  read: z.number(),
  of: z.number().nullable(),
  events: z.number(),
});
const listed = z.object({ items: z.array(z.object({ name: z.string(), running: z.boolean() })) });
const jobs = z.object({
  items: z.array(z.object({ job: z.string(), state: z.string(), counts: z.record(z.string(), z.number()) })),
});

describe('the end of the process during the long tasks of the history', { timeout: 180_000 }, () => {
  let fail2ban: RealFail2ban;
  let folder: string;
  let theirs: string;
  let countries: string;
  let bangui: RunningBangui;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bangui-ends-'));
    theirs = join(folder, 'f2b.sqlite3');
    countries = join(folder, 'countries.mmdb');
    makeFail2banDatabase(theirs, madeBans({ bans, days, addresses }));
    await writeFile(countries, mmdbFile({ entries: [['0.0.0.0/0', { country: { iso_code: 'AQ' } }]] }));
    fail2ban = await startFail2ban();
  }, 60_000);
  afterAll(async () => {
    await bangui.dispose();
    await fail2ban.remove();
    await rm(folder, { recursive: true });
  });

  const start = async (env: Record<string, string> = {}, dir?: string): Promise<RunningBangui> =>
    startBangui({
      socket: fail2ban.socket,
      env: { BANGUI_FAIL2BAN_DATABASE: theirs, ...env },
      ...(dir === undefined ? {} : { dir }),
    });
  const stateOf = async (operator: Operator) =>
    history.parse((await operator.get('/api/v1/history/state')).body);
  const seedingPast = async (operator: Operator, rows: number): Promise<void> => {
    await until(
      `${rows} rows are read`,
      async () => {
        const { read, state } = await stateOf(operator);
        return state === 'seeding' && read >= rows;
      },
      60_000,
      10,
    );
  };
  const runsOf = async (operator: Operator, job: string) =>
    jobs
      .parse((await operator.get(`/api/v1/jobs/runs?job=${job}`)).body)
      .items.filter((run) => run.job === job);
  /** The first of the events of before are where the other file says. */
  const placed = async (operator: Operator): Promise<boolean> => {
    const { body } = await operator.get('/api/v1/history?country=AQ&page_size=1');
    return z.object({ items: z.array(z.unknown()) }).parse(body).items.length > 0;
  };
  const runningNow = async (operator: Operator): Promise<string[]> =>
    listed
      .parse((await operator.get('/api/v1/jobs')).body)
      .items.flatMap(({ name, running }) => (running ? [name] : []));
  const eventsOf = (one: RunningBangui): string[] =>
    one.lines.flatMap(({ event = '' }) =>
      shutdown.includes(event) || event === 'pending_tasks_timeout' ? [event] : [],
    );

  test('SIGTERM in the middle of seeding: it stops after a batch, and the next start takes over the rest', async () => {
    bangui = await start();
    let operator = await signIn(bangui.url);
    await seedingPast(operator, 1000);
    const began = performance.now();
    expect(await bangui.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(eventsOf(bangui)).toEqual(shutdown);

    bangui = await start({}, bangui.dir);
    operator = await signIn(bangui.url);
    const [aborted] = await runsOf(operator, 'history_sync');
    expect(aborted?.state).not.toBe('aborted');
    await until('all of it is there', async () => (await stateOf(operator)).state === 'current', 90_000, 100);
    expect((await stateOf(operator)).events).toBe(bans);
    // one of this very moment may be under way
    await until('no run stays running', async () =>
      (await runsOf(operator, 'history_sync')).every(({ state }) => state !== 'running'),
    );
  });

  test('SIGTERM while old events are given new places, and while they are removed', async () => {
    const other = { BANGUI_GEOIP_COUNTRY_DB: countries };
    const { dir } = bangui;
    await bangui.stop();
    for (const [job, count, all, env] of [
      ['geo_cache_resolution', 'moved', addresses, other],
      ['history_retention', 'removed', bans * 0.9, { ...other, BANGUI_HISTORY_RETENTION_DAYS: '1' }],
    ] as const) {
      bangui = await start(env, dir);
      let operator = await signIn(bangui.url);
      // the second one: all of them are placed by then
      const isAtWork =
        job === 'history_retention'
          ? async () => (await stateOf(operator)).events < bans
          : async () => placed(operator);
      await until(`${job} is at work`, isAtWork, 30_000, 5);
      expect(await bangui.stop()).toBe(0);
      expect(eventsOf(bangui)).toEqual(shutdown);
      bangui = await start(env, dir);
      operator = await signIn(bangui.url);
      const ofJob = async () =>
        (await runsOf(operator, job)).filter(({ counts }) => (counts[count] ?? 0) > 0);
      const sum = async () => (await ofJob()).reduce((so, { counts }) => so + (counts[count] ?? 0), 0);
      // it may have come to its end while the process waited for it
      const drained = (await sum()) >= all;
      await until(
        `${job} goes on to its end`,
        async () => (await sum()) >= all && !(await runningNow(operator)).includes(job),
        90_000,
        200,
      );
      const done = await ofJob();
      expect(done.length).toBeGreaterThan(drained ? 0 : 1);
      expect(new Set(done.map(({ state }) => state))).toEqual(new Set(['completed']));
      await bangui.stop();
    }
    const at = onPostgres() ? { url: await databaseOf(dir) } : { path: join(dir, 'bangui.db') };
    const { db, dialect, close } = await openDatabase({ ...at, log: silentLog, now: systemClock });
    try {
      expect(await checkHistory({ db, dialect, hostId: 'local' })).toEqual([]);
      const kept = await db.selectFrom('history').select(['country', 'at']).execute();
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.length).toBeLessThan(bans / 10);
      expect(new Set(kept.map(({ country }) => country))).toEqual(new Set(['AQ']));
      const running = await db.selectFrom('job_runs').select('job').where('state', '=', 'running').execute();
      expect(running).toEqual([]);
    } finally {
      await close();
    }
    bangui = await start({}, dir);
  });

  test('a batch that is held up for longer than the shutdown waits: counted as cancelled, no run left over', async () => {
    await bangui.dispose();
    const larger = join(folder, 'larger.sqlite3');
    makeFail2banDatabase(larger, madeBans({ bans: many, days, addresses }));
    bangui = await start({ BANGUI_FAIL2BAN_DATABASE: larger, BANGUI_SHUTDOWN_TIMEOUT_SECONDS: '1' });
    const operator = await signIn(bangui.url);
    await seedingPast(operator, 1);
    await until(
      'nothing else runs',
      async () => (await runningNow(operator)).join() === 'history_sync',
      30_000,
    );
    await until(
      'its run has a row',
      async () => (await runsOf(operator, 'history_sync')).some(({ state }) => state === 'running'),
      30_000,
    );
    const release = await holdUp(bangui.dir);
    const ended = bangui.stop();
    await until('it gave up waiting', () => eventsOf(bangui).includes('pending_tasks_timeout'), 10_000);
    await release();
    expect(await ended).toBe(0);
    expect(bangui.lines.find(({ event }) => event === 'pending_tasks_timeout')).toMatchObject({
      cancelled_count: 1,
    });
    expect(eventsOf(bangui)).toEqual(
      shutdown.map((event) => (event === 'pending_tasks_completed' ? 'pending_tasks_timeout' : event)),
    );
    bangui = await start({ BANGUI_FAIL2BAN_DATABASE: larger }, bangui.dir);
    const again = await signIn(bangui.url);
    await until('the rest is taken over', async () => (await stateOf(again)).events === many, 120_000, 100);
    const states = (await runsOf(again, 'history_sync')).map(({ state }) => state);
    expect(states).toContain('aborted');
  });
});

/** Nobody can write to the history until it is let go. */
async function holdUp(dir: string): Promise<() => Promise<void>> {
  if (!onPostgres()) {
    const sqlite = new DatabaseSync(join(dir, 'bangui.db'), { timeout: 5_000 });
    sqlite.exec('BEGIN IMMEDIATE');
    return async () => sqlite.close();
  }
  const client = new pg.Client(await databaseOf(dir));
  await client.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE history IN ACCESS EXCLUSIVE MODE');
  return () => client.end();
}
