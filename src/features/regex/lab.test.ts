/** The laboratory over HTTP, beside a real fail2ban: tests, replays, trials, and what is refused. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, type RunningBangui } from '../../../test/bangui.ts';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { signIn, type Answer, type Operator } from '../../../test/operator.ts';
import { readLabJail, readSamples, testRegex } from './contract.ts';
import { readReplay } from './replay-contract.ts';

let fail2ban: RealFail2ban;
let bangui: RunningBangui;
let operator: Operator;
let logs: string;
const api = '/api/v1/config';

beforeAll(async () => {
  fail2ban = await startFail2ban();
  logs = await mkdtemp(join(tmpdir(), 'bangui-lab-'));
  bangui = await startBangui({
    socket: fail2ban.socket,
    env: {
      BANGUI_ALLOWED_LOG_DIRS: `${logs},${fail2ban.dir}`,
      BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir,
      BANGUI_TRUSTED_PROXIES: '127.0.0.1',
    },
  });
  operator = await signIn(bangui.url);
});
afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
  await rm(logs, { recursive: true });
});

const post = (path: string, body: unknown): Promise<Answer> => operator.send('POST', `${api}/${path}`, body);
async function tested(body: unknown) {
  const answer = await post('regex-test', body);
  expect(answer.body).toMatchObject({ counts: {} });
  return testRegex.output.parse(answer.body);
}

const two = (value: number) => String(value).padStart(2, '0');
/** Minutes after midnight of 20 Nov 2026. */
const line = (minutes: number, text: string): string =>
  `2026-11-20 ${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes) % 60)}:00 host sshd[${1000 + minutes}]: ${text}`;
const failed = (minutes: number, ip: string) =>
  line(minutes, `Failed password for root from ${ip} port 22 ssh2`);
const strange = (minutes: number, ip: string) => line(minutes, `Strange hello of ${ip} port 22`);

async function replayed(body: unknown) {
  const started = await post('replay', body);
  expect(started.status, JSON.stringify(started.body)).toBe(202);
  return await ended(started.body);
}

async function ended(started: unknown) {
  const { run_id: id } = z.object({ run_id: z.string() }).parse(started);
  for (;;) {
    const run = readReplay.output.parse((await operator.get(`${api}/replay/${id}`)).body);
    if (run.state !== 'queued' && run.state !== 'running') return run;
    await sleep(50);
  }
}

test('each line says whether it matched, was ignored or missed, by which expression, whom and when', async () => {
  const told = await tested({
    failregex: ['^never <HOST>$', String.raw`^\s*Failed for <F-USER>\S+</F-USER> from <HOST>$`, '('],
    ignoreregex: 'from 192\\.0\\.2\\.9$',
    lines: [
      '2026-11-20 10:00:00 Failed for marta from 192.0.2.7',
      '2026-11-20 10:00:01 Failed for marta from 192.0.2.9',
      '2026-11-20 10:00:02 Accepted',
    ],
  });
  expect(told.counts).toEqual({ lines: 3, matched: 1, ignored: 1, missed: 1 });
  const [first, second] = told.lines;
  expect(first).toMatchObject({ state: 'matched', regex: 1, id: '192.0.2.7', groups: { user: 'marta' } });
  expect(first?.text.slice(...(first.host ?? [0, 0]))).toBe('192.0.2.7');
  expect(first?.at).toBe(new Date(2026, 10, 20, 10).toISOString());
  expect(second?.state).toBe('ignored');
  expect(told.failregex.map(({ hits }) => hits)).toEqual([0, 1, 0]);
  expect(told.failregex[1]?.mean_ms).toBeGreaterThan(0);
  expect(told.failregex[2]?.problem).toContain('compile');
});

test('an expression that explodes is named, within its limit, and the others still count', async () => {
  const began = performance.now();
  const told = await tested({
    failregex: ['^(a+)+b <HOST>', ' <HOST>$'],
    lines: Array.from({ length: 50 }, () => `${'a'.repeat(80)} 192.0.2.7`),
  });
  expect(told.failregex[0]?.catastrophic).toContain('so long');
  expect(told.failregex[1]).toMatchObject({ catastrophic: null, hits: 50 });
  expect(performance.now() - began).toBeLessThan(15_000);
});

test('names of files are only text, and files outside the folders are never read', async () => {
  const secret = join(fail2ban.configDir, '../../bangui-lab-secret');
  const told = await tested({ failregex: '/etc/passwd <HOST>', lines: ['/etc/passwd', '/etc/hostname'] });
  expect(told.lines.map((one) => one.text)).toEqual(['/etc/passwd', '/etc/hostname']);
  await symlink('/etc/passwd', join(logs, 'passwd.log'));
  for (const path of ['/etc/passwd', join(logs, 'passwd.log'), secret, join(logs, '../x'), '/dev/zero']) {
    const answer = await post('regex-test', { failregex: 'x <HOST>', log_path: path });
    expect(answer, path).toMatchObject({ status: 422, body: { fields: [{ field: 'body.log_path' }] } });
    const replay = await post('replay', { jail: 'sshd', source: { log_path: path } });
    expect(replay.status).toBe(422);
  }
});

test('what is wrong or too much is refused with a sentence', async () => {
  const lines = ['x'];
  for (const body of [
    { failregex: '(', lines },
    { failregex: 'x <HOST>' },
    { failregex: 'x <HOST>', lines, log_path: '/var/log/x' },
    { failregex: 'x <HOST>', lines: Array(20_001).fill('x') },
    { failregex: 'x <HOST>', lines: ['x'.repeat(4 * 1024 * 1024 + 1)] },
    { failregex: 'x <HOST>', journal: '--root=/' },
  ])
    expect((await post('regex-test', body)).status, JSON.stringify(body).slice(0, 80)).toBe(422);
  expect((await post('regex-test', { failregex: 'x <HOST>', lines, filter: '../jail' })).status).toBe(404);
  expect((await post('regex-test', { failregex: 'x <HOST>', lines, filter: 'not-there' })).status).toBe(404);
});

test('a jail tells what is in force and what it reads; a filter ships its samples', async () => {
  const answer = await operator.get(`${api}/lab/jails/sshd`);
  const jail = readLabJail.output.parse(answer.body);
  expect(jail).toMatchObject({ running: true, maxretry: 3, findtime: 600, bantime: 600 });
  expect(jail.text.failregex.some((one) => one.includes('<F-USER>'))).toBe(true);
  expect(jail.sources[0]).toMatchObject({ kind: 'log', name: fail2ban.authLog, problem: null });
  expect((await operator.get(`${api}/lab/jails/nope`)).status).toBe(404);
  const off = readLabJail.output.parse((await operator.get(`${api}/lab/jails/dovecot`)).body);
  expect(off).toMatchObject({ running: false, filter: expect.stringContaining('dovecot') });
  const samples = readSamples.output.parse((await operator.get(`${api}/filters/vsftpd/samples`)).body);
  expect(samples.items[0]?.lines.some((one) => one.match)).toBe(true);
  expect((await operator.get(`${api}/filters/..%2Fjail/samples`)).status).toBe(404);
  const lab = await operator.get(`${api}/lab`);
  expect(lab.body).toMatchObject({ filters: expect.arrayContaining(['sshd', 'tinyweb']) });
});

test('a replay tells who would be banned as well, who earlier, who no more, and who is left out', async () => {
  const path = join(logs, 'auth.log');
  const old = [0, 1, 2].map((minute) => failed(minute, '198.51.100.1'));
  const older = [failed(-0, '198.51.100.2')];
  await writeFile(`${path}.2.gz`, gzipSync(`${older.join('\n')}\n`));
  await writeFile(`${path}.1`, `${old.join('\n')}\n`);
  const lines = [
    // as it is: three within ten minutes
    ...[60, 61, 69].map((minute) => failed(minute, '198.51.100.3')),
    // two: only with the trial
    ...[80, 85].map((minute) => failed(minute, '2001:db8::5')),
    // the trial's own expression
    ...[90, 91].map((minute) => strange(minute, '198.51.100.7')),
    // ignored by the jail, and our own
    ...[100, 101, 102].map((minute) => failed(minute, '127.0.0.5')),
    line(110, 'pam_unix(sshd:session): session opened for user jonas'),
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
  const jail = readLabJail.output.parse((await operator.get(`${api}/lab/jails/sshd`)).body);
  const run = await replayed({
    jail: 'sshd',
    trial: {
      maxretry: 2,
      failregex: [...jail.text.failregex, String.raw`^Strange hello of <HOST> port \d+$`],
    },
    source: { log_path: path },
  });
  expect(run.error).toBeNull();
  const { result } = run;
  expect(run).toMatchObject({ state: 'completed', progress: { lines: 15, share: 1 } });
  expect(result).toMatchObject({
    lines: 15,
    matched: { now: 12, trial: 14, new: 2, no_more: 0 },
    bans: { now: 2, trial: 4 },
    lost: { total: 0 },
    ignored: { total: 1, items: [{ ip: '127.0.0.5', lines: 3, own: 'ignored' }] },
    earlier: { total: 2, median_minutes: 4.5 },
  });
  expect(result?.added.items.map((one) => one.ip).toSorted()).toEqual(['198.51.100.7', '2001:db8::5']);
  expect(result?.added.items.find((one) => one.ip === '198.51.100.7')).toMatchObject({
    lines: 2,
    before_at: null,
    banned_at: new Date(2026, 10, 20, 1, 31).toISOString(),
  });
  expect(result?.expressions.at(-1)).toMatchObject({ hits: 2, catastrophic: null });
  expect(result?.points.reduce((sum, one) => sum + one.trial, 0)).toBe(4);

  const stricter = await replayed({ jail: 'sshd', trial: { maxretry: 9 }, source: { log_path: path } });
  expect(stricter.result).toMatchObject({
    bans: { now: 2, trial: 0 },
    added: { total: 0 },
    lost: { total: 2 },
  });

  const part = await replayed({
    jail: 'sshd',
    source: { log_path: path },
    from: new Date(2026, 10, 20, 1).toISOString(),
    to: new Date(2026, 10, 20, 1, 30).toISOString(),
  });
  expect(part.result).toMatchObject({ bans: { now: 1, trial: 1 }, added: { total: 0 }, lost: { total: 0 } });
});

test('those signed in from where a ban would be are named first', async () => {
  const path = join(logs, 'own.log');
  const ips = ['198.51.100.8', '192.0.2.44', '198.51.100.9'];
  await writeFile(path, ips.flatMap((ip) => [1, 2].map((minute) => `${failed(minute, ip)}\n`)).join(''));
  const answer = await fetch(`${bangui.url}${api}/replay`, {
    method: 'POST',
    headers: {
      cookie: operator.cookie,
      'content-type': 'application/json',
      'x-bangui-request': '1',
      'x-forwarded-for': '192.0.2.44',
    },
    body: JSON.stringify({ jail: 'sshd', trial: { maxretry: 2 }, source: { log_path: path } }),
  });
  const run = await ended(await answer.json());
  expect(run.result).toMatchObject({
    own: { total: 1, items: [{ ip: '192.0.2.44', own: 'caller', before_at: null }] },
    added: { total: 3, items: [{ ip: '192.0.2.44' }, { own: null }, { own: null }] },
  });
});

test('a trial that cannot be tried, or an unknown jail or run, is refused at once', async () => {
  const source = { log_path: fail2ban.authLog };
  expect((await post('replay', { jail: 'nope', source })).status).toBe(404);
  for (const trial of [{ failregex: '(' }, { findtime: '1 banana' }, { bantime: 0 }, { maxretry: 0 }])
    expect((await post('replay', { jail: 'sshd', trial, source })).status).toBe(422);
  expect((await operator.get(`${api}/replay/nothing`)).status).toBe(404);
  expect((await operator.send('DELETE', `${api}/replay/nothing`, {})).status).toBe(404);
});

test('the lines that the history keeps of bans can be replayed too', async () => {
  await fail2ban.fail('sshd', '198.51.100.66', 3);
  const source = { history: true };
  const lines = async () => (await replayed({ jail: 'sshd', source })).result?.lines ?? 0;
  await expect.poll(lines, { timeout: 25_000, interval: 500 }).toBeGreaterThan(0);
  const { result } = await replayed({ jail: 'sshd', trial: { failregex: 'never <HOST>' }, source });
  expect(result).toMatchObject({ lost: { total: 1, items: [{ ip: '198.51.100.66' }] }, added: { total: 0 } });
  expect(result?.notes.join(' ')).toContain('only lines that led to a ban');
});

test('a replay is cancelled while it runs, and the next one still runs', async () => {
  const path = join(logs, 'long.log');
  await writeFile(
    path,
    Array.from({ length: 400_000 }, (_, index) => failed(index % 1400, '198.51.100.3')).join('\n'),
  );
  const started = await post('replay', { jail: 'sshd', source: { log_path: path } });
  const { run_id: id } = z.object({ run_id: z.string() }).parse(started.body);
  const read = async () => readReplay.output.parse((await operator.get(`${api}/replay/${id}`)).body);
  await expect.poll(async () => (await read()).progress.lines, { timeout: 20_000 }).toBeGreaterThan(0);
  expect(await read()).toMatchObject({ state: 'running', result: null });
  expect((await operator.send('DELETE', `${api}/replay/${id}`, {})).status).toBe(204);
  expect(await read()).toMatchObject({ state: 'aborted', error: 'It was cancelled.' });
  const next = await replayed({ jail: 'sshd', source: { log_path: fail2ban.secondAuthLog } });
  expect(next).toMatchObject({ state: 'completed', result: { lines: 0 } });
});

test('a trial is saved, read by its number, changed and deleted', async () => {
  const content = {
    name: 'reset before login',
    jail: 'sshd',
    trial: { failregex: ['x <HOST>'], maxretry: 3 },
  };
  const saved = await post('trials', content);
  expect(saved).toMatchObject({ status: 201, body: { name: content.name, jail: 'sshd' } });
  const { id } = z.object({ id: z.number() }).parse(saved.body);
  expect((await operator.get(`${api}/trials/${id}`)).body).toMatchObject({ id, content });
  const changed = await operator.send('PUT', `${api}/trials/${id}`, { ...content, name: 'other' });
  expect(changed.body).toMatchObject({ id, name: 'other' });
  expect((await operator.get(`${api}/trials`)).body).toMatchObject({ total: 1, items: [{ name: 'other' }] });
  expect((await post('trials', { ...content, name: 'a\0b' })).status).toBe(422);
  expect((await operator.send('DELETE', `${api}/trials/${id}`, {})).status).toBe(204);
  expect((await operator.get(`${api}/trials/${id}`)).status).toBe(404);
});

test('nobody without a session tests, replays or reads', async () => {
  for (const path of ['lab', 'lab/jails/sshd', 'trials', 'filters/sshd/samples', 'replay/x'])
    expect((await fetch(`${bangui.url}${api}/${path}`)).status).toBe(401);
});

test('when BanGUI ends, the replay under way is killed with it', async () => {
  const path = join(logs, 'ending.log');
  await writeFile(
    path,
    Array.from({ length: 400_000 }, (_, at) => failed(at % 1400, '198.51.100.3')).join('\n'),
  );
  const started = await post('replay', { jail: 'sshd', source: { log_path: path } });
  const { run_id: id } = z.object({ run_id: z.string() }).parse(started.body);
  const read = async () => readReplay.output.parse((await operator.get(`${api}/replay/${id}`)).body);
  await expect.poll(async () => (await read()).progress.lines, { timeout: 20_000 }).toBeGreaterThan(0);
  const children = () =>
    execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
      .split('\n')
      .filter((row) => row.includes('replay-lines.py'))
      .map((row) => row.trim().split(/\s+/));
  const pids = children().flatMap(([pid = '', parent]) => (parent === String(bangui.pid) ? [pid] : []));
  expect(pids.length).toBe(1);
  const began = performance.now();
  expect(await bangui.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(children().filter(([pid = '']) => pids.includes(pid))).toEqual([]);
});
