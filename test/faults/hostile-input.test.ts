/** Hostile input on every endpoint that takes any: refused with 4xx and a sentence, and fail2ban receives none of it. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, until, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { operator as operatorOf, signIn, type Operator } from '../operator.ts';
import { recordingSocket, type RecordingSocket } from './recording-socket.ts';

const notAddresses = [
  'not-an-address',
  '1.2.3.4; rm',
  '01.2.3.4',
  '1.2.3',
  '1.2.3.4.5',
  '999.1.1.1',
  '0x7f.1',
  '2130706433',
  'fe80::1%eth0',
  '1.2.3.4\n',
  ' 1.2.3.4',
  '1.2.3.4\u0000',
  '1.2.3.4<F2B_END_COMMAND>',
  '<F2B_CLOSE_COMMAND><F2B_END_COMMAND>',
  '--report-absent',
  'localhost',
  "['203.0.113.9','x']",
  '1.2.3.4/33',
  '1.2.3.4/-1',
  '::1/129',
  'a'.repeat(5000),
  '',
];
const notJails = [
  '',
  'x'.repeat(5000),
  'manual\n',
  'manual\u0000',
  '<F2B_END_COMMAND>',
  '../manual',
  '--all',
  'no-such-jail',
];
const notDurations = [
  "[__import__('os').system('true'),600][1]",
  '1e3',
  '0',
  0,
  -2,
  1.5,
  '10 parsecs',
  '1d\n',
  '99999999999',
  '11y',
  'x'.repeat(5000),
  '<F2B_END_COMMAND>',
];

const problem = z.object({ code: z.string().min(1), detail: z.string().min(10), status: z.number() });

/** Of a pickled command: after the list is opened, a text with its length before it. */
const firstWord = /\]\(X[^]{4}([a-z]+)/;

describe('hostile input', { timeout: 60_000 }, () => {
  let fail2ban: RealFail2ban;
  let recording: RecordingSocket;
  let bangui: RunningBangui;
  let operator: Operator;

  beforeAll(async () => {
    fail2ban = await startFail2ban();
    recording = await recordingSocket(join(fail2ban.dir, 'recorded.sock'), fail2ban.socket);
    bangui = await startBangui({ socket: recording.path });
    operator = await signIn(bangui.url);
    await until('fail2ban is online', async () => (await operator.get('/api/v1/health')).status === 200);
  }, 60_000);
  afterAll(async () => {
    await bangui.dispose();
    await recording.close();
    await fail2ban.remove();
  });

  const refusedAndUnsent = async (
    send: () => Promise<{ status: number; body: unknown }>,
    marks: string[],
  ) => {
    recording.forget();
    const answer = await send();
    expect(answer.status, JSON.stringify(answer.body).slice(0, 300)).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    problem.parse(answer.body);
    const sent = recording.sent();
    // The mirror goes on reading meanwhile (`get … banip`); what changes something begins with another verb.
    const verbs = sent.split('<F2B_END_COMMAND>').map((command) => firstWord.exec(command)?.[1]);
    expect(verbs.filter((verb) => verb === 'set' || verb === 'unban')).toEqual([]);
    for (const mark of marks.filter((text) => text.length > 3)) expect(sent).not.toContain(mark);
  };

  test.each(notAddresses)('as an address to ban or unban: %j', async (ip) => {
    const bodies = { ips: ['9.9.9.9', ip], jail: 'manual', force: true };
    await refusedAndUnsent(() => operator.send('POST', '/api/v1/bans', bodies), ['9.9.9.9']);
    await refusedAndUnsent(
      () => operator.send('DELETE', '/api/v1/bans', { ips: ['9.9.9.9', ip], jail: 'manual' }),
      [],
    );
    await refusedAndUnsent(() => operator.send('DELETE', '/api/v1/bans', { ips: ['9.9.9.9', ip] }), []);
  });

  test.each(notJails)('as a jail: %j', async (jail) => {
    await refusedAndUnsent(
      () => operator.send('POST', '/api/v1/bans', { ips: ['9.9.9.9'], jail, force: true }),
      [],
    );
    await refusedAndUnsent(() => operator.send('DELETE', '/api/v1/bans', { ips: ['9.9.9.9'], jail }), []);
    if (jail !== '')
      await refusedAndUnsent(() => operator.get(`/api/v1/jails/${encodeURIComponent(jail)}`), []);
  });

  test.each(notDurations)('as a duration: %j', async (duration) => {
    const body = { ips: ['9.9.9.9'], jail: 'sshd', duration, force: true };
    await refusedAndUnsent(() => operator.send('POST', '/api/v1/bans', body), []);
  });

  test('the whole internet and other wide ranges are refused unless forced', async () => {
    recording.forget();
    const ips = [
      '0.0.0.0/0',
      '::/0',
      '9.0.0.0/15',
      '2600::/31',
      '127.0.0.1',
      '::1',
      '10.1.2.3',
      '169.254.1.1',
    ];
    const answer = await operator.send('POST', '/api/v1/bans', { ips, jail: 'manual' });
    const { results } = z
      .object({ results: z.array(z.object({ outcome: z.string(), detail: z.string() })) })
      .parse(answer.body);
    expect(results.map((result) => result.outcome)).toEqual(ips.map(() => 'refused'));
    expect(recording.sent()).not.toContain('banip');
  });

  test.each([
    ['page_size', '0'],
    ['page_size', '501'],
    ['page_size', 'many'],
    ['cursor', 'AAAA'],
    ['cursor', "' OR 1=1 --"],
    ['sort', 'ip; DROP TABLE users'],
    ['search', 'x'.repeat(5000)],
    ['jail', 'x'.repeat(5000)],
    ['host', 'elsewhere'],
  ])('in the list of bans, %s=%s', async (name, value) => {
    await refusedAndUnsent(
      () => operator.get(`/api/v1/bans/active?${name}=${encodeURIComponent(value)}`),
      [],
    );
  });

  test.each(["%' OR '1'='1", '%', '_', '\\', "'; DROP TABLE active_bans; --", '\u0000', '<F2B_END_COMMAND>'])(
    'searching for %j finds nothing and breaks nothing',
    async (search) => {
      const answer = await operator.get(`/api/v1/bans/active?search=${encodeURIComponent(search)}`);
      expect([200, 422]).toContain(answer.status);
      if (answer.status === 200) expect(answer.body).toMatchObject({ items: [] });
    },
  );

  test.each([
    ['nothing', ''],
    ['half an object', '{"password":'],
    ['a list', '[]'],
    ['a number', '7'],
    ['null', 'null'],
    ['an object of other things', '{"__proto__":{"x":1},"constructor":{}}'],
  ])('a body that is %s is refused by every endpoint that reads one', async (_name, body) => {
    for (const [method, path] of [
      ['POST', '/api/v1/bans'],
      ['DELETE', '/api/v1/bans'],
      ['DELETE', '/api/v1/bans/all'],
      ['POST', '/api/v1/bans/check'],
      ['POST', '/api/v1/auth/login'],
    ] as const) {
      const answer = await fetch(bangui.url + path, {
        method,
        headers: { cookie: operator.cookie, 'content-type': 'application/json', 'x-bangui-request': '1' },
        body,
      });
      expect(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
      expect(answer.status, `${method} ${path}`).toBeLessThan(500);
      problem.parse(await answer.json());
    }
  });

  test('without a session nothing but health, set-up and sign-in answers', async () => {
    const stranger = operatorOf(bangui.url, '');
    for (const path of [
      '/api/v1/dashboard/status',
      '/api/v1/jails',
      '/api/v1/jails/sshd',
      '/api/v1/bans/active',
      '/api/v1/live',
      '/api/v1/auth/session',
    ]) {
      expect((await stranger.get(path)).status, path).toBe(401);
    }
    expect((await stranger.send('POST', '/api/v1/bans', { ips: ['9.9.9.9'], jail: 'manual' })).status).toBe(
      401,
    );
  });

  test('a changing call without the request header is refused', async () => {
    const answer = await fetch(`${bangui.url}/api/v1/bans`, {
      method: 'POST',
      headers: { cookie: operator.cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ ips: ['9.9.9.9'], jail: 'manual' }),
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'csrf_header_missing' });
  });
});
