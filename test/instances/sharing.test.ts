/** Two and three real processes on one PostgreSQL: what a person at one of them may rely on at all of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { until, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { operator, password, signIn, type Operator } from '../operator.ts';
import { startPostgres, type RunningPostgres } from '../servers/postgres.ts';
import { startRedis, type RunningRedis } from '../servers/redis.ts';
import { openStream, signInAt, startInstances, type Instances, type Stream } from './instances.ts';

let postgres: RunningPostgres;
let redis: RunningRedis;
let fail2ban: RealFail2ban;
beforeAll(async () => {
  [postgres, redis, fail2ban] = await Promise.all([startPostgres(), startRedis(), startFail2ban()]);
});
afterAll(() => Promise.all([postgres.stop(), redis.stop(), fail2ban.remove()]));

const restartRedis = async (): Promise<void> => {
  const port = Number(new URL(redis.url).port);
  await redis.stop();
  redis = await startRedis({ port });
};
const cutListeners = async (): Promise<void> => {
  const client = new pg.Client(await postgres.database('postgres'));
  await client.connect();
  const mine = "application_name = 'bangui live events'";
  await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${mine}`);
  await client.end();
};

let streams: Stream[] = [];
let databases = 0;
afterEach(() => {
  for (const stream of streams) stream.close();
  streams = [];
});

const list = z.object({
  items: z.array(z.object({ ip: z.string(), jail: z.string(), expires_at: z.string().nullable() })),
  total: z.number(),
  as_of: z.string().nullable(),
});
const statusOf = z.object({
  online: z.boolean(),
  banned_now: z.number(),
  mirror: z.object({ state: z.string(), bans: z.number(), as_of: z.string().nullable() }),
});
const listed = async (person: Operator, query = '') =>
  list.parse((await person.get(`/api/v1/bans/active${query}`)).body);
const dashboard = async (person: Operator) =>
  statusOf.parse((await person.get('/api/v1/dashboard/status')).body);

describe.each([
  ['with Redis', true],
  ['with PostgreSQL alone', false],
])('%s', { timeout: 120_000 }, (_name, withRedis) => {
  /** On a database of their own. */
  async function start(count: number, env: Record<string, string> = {}): Promise<Instances> {
    const databaseUrl = await postgres.database(`sharing_${databases++}`);
    const redisUrl = withRedis ? `${redis.url}/${databases}` : null;
    return await startInstances(count, { socket: fail2ban.socket, databaseUrl, redisUrl, env });
  }
  async function among(
    count: number,
    env: Record<string, string>,
    play: (all: RunningBangui[]) => Promise<void>,
  ): Promise<void> {
    const instances = await start(count, env);
    try {
      await play(instances.all);
    } finally {
      await instances.dispose();
    }
  }
  /** Three that serve all tests but those that need a limit, or a set-up, of their own. */
  let shared: Instances;
  beforeAll(async () => {
    shared = await start(3, { BANGUI_SESSION_CACHE_TTL_SECONDS: '300' });
  });
  afterAll(() => shared.dispose());
  const stream = async (person: Operator, url: string, lastId?: string): Promise<Stream> => {
    const opened = await openStream({ cookie: person.cookie, url }, lastId);
    streams.push(opened);
    return opened;
  };
  const mirrored = (person: Operator) =>
    until('the mirror is known everywhere', async () => (await dashboard(person)).mirror.state === 'current');

  test('a client may call all of them as often as one', async () => {
    await among(3, { BANGUI_RATE_LIMIT_PER_MINUTE: '90' }, async (all) => {
      let allowed = 0;
      const waits: string[] = [];
      for (let i = 0; i < 150; i++) {
        const answer = await fetch(`${all[i % 3]?.url}/api/v1/auth/session`);
        await answer.arrayBuffer();
        if (answer.status !== 429) allowed += 1;
        else waits.push(answer.headers.get('retry-after') ?? '');
      }
      // 90 at once and what came in while they were made.
      expect(allowed).toBeGreaterThanOrEqual(90);
      expect(allowed).toBeLessThan(120);
      expect(new Set(waits)).toEqual(new Set(['1']));
    });
  });

  test('guessing a password is slowed by the tries at all of them together', async () => {
    const all = shared.all.slice(0, 2);
    await signIn(all[0]?.url ?? '');
    const guess = async (n: number) => {
      const answer = await operator(all[n % 2]?.url ?? '', '').send('POST', '/api/v1/auth/login', {
        password: 'wrong wrong wrong',
      });
      return [answer.status, answer.headers.get('retry-after')];
    };
    expect([await guess(0), await guess(1), await guess(0)]).toEqual([
      [401, null],
      [401, null],
      [401, null],
    ]);
    expect(await guess(1)).toEqual([429, '1']);
    expect(await guess(0)).toEqual([429, '1']);
    await sleep(1_050);
    const [one, two] = await Promise.all([guess(0), guess(1)]);
    expect([one, two].filter(([status]) => status === 401)).toHaveLength(1);
    expect([one, two].filter(([status]) => status === 429)).toHaveLength(1);
    expect([one[1], two[1]]).toContain('2');
    await sleep(2_050);
    // The right one at one of them forgives the failures at the other.
    const right = await operator(all[0]?.url ?? '', '').send('POST', '/api/v1/auth/login', { password });
    expect(right.status).toBe(200);
    expect((await guess(1))[0]).toBe(401);
  });

  test('a ban that the holder sees is on a page of another within half a second', async () => {
    const all = shared.all.slice(0, 2);
    const [here = expect.fail(), there = expect.fail()] = await signInAt(all);
    await mirrored(there);
    const [near, far] = [await stream(here, all[0]?.url ?? ''), await stream(there, all[1]?.url ?? '')];
    for (const ip of ['198.51.100.7', '198.51.100.8', '198.51.100.9']) {
      await fail2ban.client('set', 'sshd', 'banip', ip);
      await until('on the page of the holder', () => near.text().includes(ip), 10_000, 1);
      expect(await until('on the other page', () => far.text().includes(ip), 10_000, 1)).toBeLessThan(
        500 / 3,
      );
      const { items } = await listed(there, `?search=${ip}`);
      expect(items.map((item) => item.jail)).toEqual(['sshd']);
    }
    await until('the counters follow', async () => {
      const { banned_now: banned, mirror } = await dashboard(there);
      return banned >= 3 && mirror.bans === banned;
    });
    await fail2ban.client('set', 'sshd', 'unbanip', '198.51.100.7');
    await until('its end, too', () => /event: unban\ndata: .*198\.51\.100\.7/.test(far.text()));
    await fail2ban.client('unban', '--all');
  });

  test('a person at an instance that stands by bans, sees, and unbans as at the other', async () => {
    const all = shared.all.slice(0, 2);
    const [here = expect.fail(), there = expect.fail()] = await signInAt(all);
    await mirrored(there);
    const health = z.object({
      status: z.string(),
      components: z.object({ scheduler: z.object({ status: z.string() }) }),
    });
    const { status, components } = health.parse((await there.get('/api/v1/health')).body);
    expect([status, components.scheduler.status]).toEqual(['ok', 'standby']);
    const pages = [await stream(here, all[0]?.url ?? ''), await stream(there, all[1]?.url ?? '')];

    const ips = Array.from({ length: 150 }, (_, i) => `8.8.4.${i + 1}`);
    const made = await there.send('POST', '/api/v1/bans', {
      ips,
      jail: 'manual',
      reason: 'seen',
      duration: '1h',
    });
    expect(made.status).toBe(201);
    const results = z.object({
      results: z.array(z.object({ outcome: z.string(), expires_at: z.string().nullable() })),
    });
    const answers = results.parse(made.body).results;
    expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['banned']));
    // What was just answered is in the list of both, with the end that was asked for.
    for (const person of [there, here]) {
      const { total, items, as_of: asOf } = await listed(person, '?jail=manual&page_size=500');
      expect([total, items.length]).toEqual([150, 150]);
      expect(asOf).not.toBeNull();
      for (const { expires_at: end } of items)
        expect(Date.parse(end ?? '') - Date.now()).toBeLessThan(3_600_000);
    }
    await until('on both pages', () => pages.every((page) => /event: (ban|bans_changed)/.test(page.text())));
    await until('the counters follow', async () => (await dashboard(there)).mirror.bans >= 150);

    const again = await there.send('POST', '/api/v1/bans', {
      ips: ['8.8.4.150'],
      jail: 'manual',
      duration: '2h',
    });
    expect(results.parse(again.body).results[0]?.outcome).toBe('already_banned');

    const gone = await there.send('DELETE', '/api/v1/bans', { ips: ips.slice(0, 120) });
    expect([gone.status, gone.body]).toEqual([200, { released: 120 }]);
    for (const person of [there, here]) expect((await listed(person, '?jail=manual')).total).toBe(30);
    const all30 = await there.send('DELETE', '/api/v1/bans/all', { confirm: 'unban all' });
    expect(all30.status).toBe(200);
    await until('nobody is banned', async () => (await listed(there)).total === 0);
    expect((await listed(here)).total).toBe(0);
  });

  test('signing out at one ends the session and its streams at all, at once', async () => {
    const { all } = shared;
    const people = await signInAt(all);
    const [one = expect.fail(), two = expect.fail(), three = expect.fail()] = people;
    const other = await signIn(all[1]?.url ?? '');
    const pages = [await stream(two, all[1]?.url ?? ''), await stream(three, all[2]?.url ?? '')];
    const kept = await stream(other, all[1]?.url ?? '');
    for (const person of people) expect((await person.get('/api/v1/auth/session')).status).toBe(200);
    expect((await one.send('POST', '/api/v1/auth/logout', {})).status).toBe(204);
    const took = await until('the streams end', () => pages.every((page) => page.ended()), 10_000, 1);
    expect(took).toBeLessThan(5_000 / 3);
    for (const person of people) expect((await person.get('/api/v1/auth/session')).status).toBe(401);
    expect([kept.ended(), (await other.get('/api/v1/auth/session')).status]).toEqual([false, 200]);
    // Everywhere, from another session of the same person.
    const last = operator(all[2]?.url ?? '', (await signIn(all[0]?.url ?? '')).cookie);
    expect((await last.send('POST', '/api/v1/auth/logout', { everywhere: true })).status).toBe(204);
    await until('the last stream ends', () => kept.ended());
    expect((await other.get('/api/v1/auth/session')).status).toBe(401);
  });

  test('the code that one prints opens set-up at another, and of all at once exactly one sets up', async () => {
    await among(3, {}, async (all) => {
      const codeOf = ({ lines }: RunningBangui) =>
        lines.find((line) => line.event === 'setup_code')?.['code'];
      await until('all printed one', () => all.every((one) => codeOf(one) !== undefined));
      const codes = all.map(codeOf);
      expect(new Set(codes).size).toBe(1);
      expect(String(codes[0])).toMatch(/^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/);
      const tries = all.flatMap((instance, n) =>
        [0, 1, 2].map(async (i) => {
          const chosen = `password ${n} of try ${i}`;
          const answer = await fetch(`${instance.url}/api/v1/setup`, {
            method: 'POST',
            // From another machine, as far as BanGUI can know.
            headers: {
              'content-type': 'application/json',
              host: 'bangui.example',
              'x-forwarded-for': '192.0.2.1',
            },
            body: JSON.stringify({ password: chosen, code: codes[(n + 1) % 3] }),
          });
          await answer.arrayBuffer();
          return { chosen, status: answer.status };
        }),
      );
      const outcomes = await Promise.all(tries);
      const winners = outcomes.filter(({ status }) => status === 201);
      expect(winners).toHaveLength(1);
      for (const { status } of outcomes) expect([201, 409, 429]).toContain(status);
      for (const { url } of all) {
        const state = z
          .object({ completed: z.boolean() })
          .parse((await operator(url, '').get('/api/v1/setup')).body);
        expect(state.completed).toBe(true);
      }
      await until('the winner signs in', async () => {
        const answer = await operator(all[2]?.url ?? '', '').send('POST', '/api/v1/auth/login', {
          password: winners[0]?.chosen,
        });
        return answer.status === 200;
      });
    });
  });

  test('when the way between them breaks, every page is told to read again, and then events come again', async () => {
    const all = shared.all.slice(0, 2);
    const people = await signInAt(all);
    const pages = await Promise.all(people.map((person, n) => stream(person, all[n]?.url ?? '')));
    const [, there = expect.fail()] = people;
    await mirrored(there);
    await (withRedis ? restartRedis() : cutListeners());
    await until('told to read again', () => pages.every((page) => page.text().includes('event: resync')));
    // Calls are answered meanwhile and afterwards.
    expect((await there.get('/api/v1/bans/active')).status).toBe(200);
    await until(
      'events come again',
      async () => {
        const ip = `198.51.100.${100 + Math.floor(Math.random() * 100)}`;
        await fail2ban.client('set', 'sshd', 'banip', ip);
        return pages.every((page) => page.text().includes('event: ban'));
      },
      15_000,
      300,
    );
    await fail2ban.client('unban', '--all');
    expect((await there.send('POST', '/api/v1/auth/logout', {})).status).toBe(204);
    await until('endings come again', () => pages.every((page) => page.ended()));
    if (!withRedis) return;
    for (const { lines } of all) {
      expect(lines.filter(({ event }) => event === 'redis_unreachable').length).toBeLessThanOrEqual(1);
    }
  });

  test('a page that comes from another instance is told to read again, never left in silence', async () => {
    const all = shared.all.slice(0, 2);
    const [here = expect.fail(), there = expect.fail()] = await signInAt(all);
    const before = await stream(here, all[0]?.url ?? '');
    const id = /^id: (.+)$/m.exec(before.text())?.[1] ?? expect.fail();
    const moved = await stream(there, all[1]?.url ?? '', id);
    expect(moved.text()).toContain('event: resync');
    const back = await stream(here, all[0]?.url ?? '', id);
    expect(back.text()).not.toContain('event: resync');
  });
});
