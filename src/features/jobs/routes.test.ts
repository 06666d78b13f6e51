/** The background jobs as an operator sees and starts them, on the real program. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, until, type RunningBangui } from '../../../test/bangui.ts';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../../../test/operator.ts';
import { listJobs, listRuns } from './contract.ts';

let fail2ban: RealFail2ban;
let bangui: RunningBangui;
let operator: Operator;
beforeAll(async () => {
  fail2ban = await startFail2ban();
  bangui = await startBangui({ socket: fail2ban.socket });
  operator = await signIn(bangui.url);
  await until('fail2ban is online', async () => (await operator.get('/api/v1/health')).status === 200);
}, 90_000);
afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
}, 60_000);

const jobs = async () => listJobs.output.parse((await operator.get('/api/v1/jobs')).body);
const runs = async (query = '') =>
  listRuns.output.parse((await operator.get(`/api/v1/jobs/runs${query}`)).body);
const end = async (ip: string) => {
  const ban = { ips: [ip], jail: 'sshd', duration: 1 };
  expect((await operator.send('POST', '/api/v1/bans', ban)).status).toBe(201);
  await until('its early end', async () => !(await fail2ban.client('get', 'sshd', 'banip')).includes(ip));
};

test('every job is listed with its pace, and runs here', async () => {
  const { items, scheduler, total } = await jobs();
  expect(scheduler).toBe('running');
  expect(total).toBe(items.length);
  expect(items).toContainEqual(expect.objectContaining({ name: 'ban_ends', every_seconds: 1 }));
  expect(items.map(({ name }) => name)).toContain('session_cleanup');
});

test('runs that did something are listed a page at a time, the newest first', async () => {
  for (const last of [1, 2, 3]) {
    await end(`8.8.4.${last}`);
    await until('its run', async () => (await runs('?job=ban_ends')).items.length >= last);
  }
  const first = await runs('?job=ban_ends&page_size=2');
  expect(first.items).toMatchObject([
    { job: 'ban_ends', state: 'completed', counts: { ended: 1 }, fence: 1, error: null },
    { job: 'ban_ends' },
  ]);
  const second = await runs(`?job=ban_ends&page_size=2&cursor=${first.next_cursor}`);
  const ids = [...first.items, ...second.items].map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => b - a));
  expect(second.next_cursor).toBeNull();
  expect((await runs('?state=failed')).items).toEqual([]);
  expect((await jobs()).items.find(({ name }) => name === 'ban_ends')?.last_run?.id).toBe(ids[0]);
});

test('a cursor of another list is refused', async () => {
  const answer = await operator.get('/api/v1/jobs/runs?cursor=abc');
  expect([answer.status, z.object({ code: z.string() }).parse(answer.body).code]).toEqual([
    422,
    'invalid_input',
  ]);
});

test('a job can be run now; one that does not exist is unknown; without a session nothing is answered', async () => {
  const answer = await operator.send('POST', '/api/v1/jobs/health_probe/run', {});
  expect([answer.status, answer.body]).toEqual([
    202,
    { name: 'health_probe', state: 'completed', counts: {} },
  ]);
  expect((await operator.send('POST', '/api/v1/jobs/no_such/run', {})).status).toBe(404);
  expect((await fetch(`${bangui.url}/api/v1/jobs`)).status).toBe(401);
});
