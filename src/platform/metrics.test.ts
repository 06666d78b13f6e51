/** Figures that a whole BanGUI does not produce on demand. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../test/database.ts';
import { readScrape, type Scrape } from '../../test/monitoring/exposition.ts';
import { silentLog } from '../base/log.ts';
import { createMetrics, type Metrics, type Sources } from './metrics.ts';

let database: TemporaryDatabase;
let metrics: Metrics;
beforeEach(async () => {
  database = await temporaryDatabase();
  metrics = createMetrics({ version: '1', hostId: 'local', shipping: () => null });
});
afterEach(() => database.close());

const read = async (): Promise<Scrape> => readScrape((await metrics.scrape()).body);
const sources = (jails: ReturnType<Sources['host']>['jails'], state = 'held'): Sources => ({
  db: database.db,
  log: silentLog,
  host: () => ({ id: 'local', online: true, jails }),
  lock: { kind: 'sqlite', state: () => state },
  history: () => null,
  liveStreams: () => 0,
});
const manual = async (jail: string, ips: readonly string[]): Promise<void> => {
  const ban = { host_id: 'local', jail, banned_at: 1, banned_by: 'a', reason: '', ends_at: null };
  await database.db
    .insertInto('manual_bans')
    .values(ips.map((ip) => ({ ...ban, ip })))
    .execute();
};

test('of very many jails the hundred first have a series each, the others one together', async () => {
  const jails = Array.from({ length: 250 }, (_, place) => ({ name: `jail-${place}`, currentlyBanned: 2 }));
  await manual('jail-200', ['192.0.2.1']);
  metrics.addSources(sources(jails));
  const now = await read();
  expect(now.series('bangui_bans')).toHaveLength(2 * 101);
  expect(now.value('bangui_bans{host="local",jail="other",origin="own"}')).toBe(299);
  expect(now.value('bangui_bans{host="local",jail="other",origin="manual"}')).toBe(1);
});

test('bans noted here that fail2ban has ended already do not count', async () => {
  await manual('sshd', ['192.0.2.1', '192.0.2.2']);
  metrics.addSources(sources([{ name: 'sshd', currentlyBanned: 1 }]));
  const now = await read();
  expect(now.value('bangui_bans{host="local",jail="sshd",origin="manual"}')).toBe(1);
  expect(now.value('bangui_bans{host="local",jail="sshd",origin="own"}')).toBe(0);
});

test('a database that fails leaves out the bans and nothing else', async () => {
  metrics.addSources(sources([{ name: 'sshd', currentlyBanned: 1 }]));
  await database.db.destroy();
  const now = await read();
  expect(now.series('bangui_bans')).toEqual([]);
  expect(now.value('bangui_fail2ban_up{host="local"}')).toBe(1);
});

test('a run is completed, failed or aborted, and each is there from 0 on', async () => {
  const controller = new AbortController();
  const fence = database.fence();
  const { signal } = new AbortController();
  const ending = signal;
  const fine = metrics.watchRun('tidy', async () => ({ removed: 1 }));
  const broken = metrics.watchRun('tidy', async () => {
    throw new Error('no disk');
  });
  const count = async (state: string): Promise<number | null> =>
    (await read()).value(`bangui_job_runs_total{job_name="tidy",state="${state}"}`);
  expect(await count('failed')).toBe(0);
  expect(await fine({ signal, ending, fence })).toEqual({ removed: 1 });
  await expect(broken({ signal, ending, fence })).rejects.toThrow('no disk');
  controller.abort();
  await fine({ signal: controller.signal, ending, fence });
  expect([await count('completed'), await count('failed'), await count('aborted')]).toEqual([1, 1, 1]);
  expect((await read()).value('bangui_jobs_running')).toBe(0);
});

test('the log is counted by level, and lost heartbeats and failures of the database by what it tells', async () => {
  const heard: unknown[] = [];
  const warn = (event: string): void => void heard.push(event);
  const log = metrics.watchLog({ ...silentLog, warn });
  log.warn('scheduler_lock_heartbeat_lost', { holder: 'us' });
  const full = Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR' });
  log.error('job_failed', { error: new Error('import', { cause: full }) });
  log.error('job_failed', { error: Object.assign(new Error('terminated'), { code: '57P01' }) });
  log.error('job_failed', { error: Object.assign(new Error('fetch failed'), { code: 'ECONNRESET' }) });
  const now = await read();
  expect(heard).toEqual(['scheduler_lock_heartbeat_lost']);
  expect(now.value('bangui_scheduler_lock_heartbeat_lost_total')).toBe(1);
  expect(now.value('bangui_database_errors_total')).toBe(2);
  expect(now.value('bangui_log_lines_total{level="error"}')).toBe(3);
});

test('the lock is in one state at a time, in a new one too', async () => {
  metrics.addSources(sources([], 'taking'));
  const now = await read();
  const states = now.series('bangui_scheduler_lock_state');
  expect(states).toHaveLength(5);
  expect(states.filter((series) => now.value(series) === 1)).toEqual([
    'bangui_scheduler_lock_state{kind="sqlite",state="taking"}',
  ]);
});

test('two sets of metrics in one process do not meet', async () => {
  const other = createMetrics({ version: '2', hostId: 'far', shipping: () => null });
  other.shippingInitFailed();
  const name = 'bangui_external_logging_init_failures_total';
  expect((await read()).value(name)).toBe(0);
  expect(readScrape((await other.scrape()).body).value(name)).toBe(1);
});
