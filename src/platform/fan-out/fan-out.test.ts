/** Messages between instances over a real Redis and a real PostgreSQL, and what happens when the way breaks. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort, until } from '../../../test/bangui.ts';
import { startPostgres, type RunningPostgres } from '../../../test/servers/postgres.ts';
import { startRedis, type RunningRedis } from '../../../test/servers/redis.ts';
import { silentLog } from '../../base/log.ts';
import { openRedis } from '../redis.ts';
import type { FanOut } from './fan-out.ts';
import { openFanOut } from './open-fan-out.ts';

let postgres: RunningPostgres;
let redisServer: RunningRedis;
let redisPort = 0;
let url = '';
beforeAll(async () => {
  redisPort = await freePort();
  [postgres, redisServer] = await Promise.all([startPostgres(), startRedis({ port: redisPort })]);
  url = await postgres.database('fan_out');
});
afterAll(() => Promise.all([postgres.stop(), redisServer.stop()]));

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()));
});

/** An instance, with what it heard. */
async function join(open: () => Promise<FanOut>) {
  const fanOut = await open();
  opened.push(fanOut.close);
  const heard: string[] = [];
  let gaps = 0;
  fanOut.onGap(() => (gaps += 1));
  const topic = fanOut.topic('words', z.string());
  topic.listen((word) => heard.push(word));
  const forget = (): void => {
    heard.length = 0;
    gaps = 0;
  };
  return { fanOut, send: topic.send, heard, gaps: () => gaps, forget };
}

const overRedis = (): Promise<FanOut> => {
  const redis = openRedis({ url: redisServer.url, log: silentLog });
  opened.push(async () => redis.disconnect());
  return openFanOut({ redis, postgresUrl: null, log: silentLog });
};
const overPostgres = (): Promise<FanOut> => openFanOut({ redis: null, postgresUrl: url, log: silentLog });

/** Ends every connection to the servers from their side. */
async function cutRedis(): Promise<void> {
  await redisServer.stop();
  redisServer = await startRedis({ port: redisPort });
}
async function cutPostgres(): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bangui live events'",
  );
  await client.end();
}

type Kind = [string, () => Promise<FanOut>, () => Promise<void>];
describe.each<Kind>([
  ['Redis', overRedis, cutRedis],
  ['PostgreSQL', overPostgres, cutPostgres],
])('over %s', (_name, open, cut) => {
  /** Instances that hear each other. */
  async function connected(count: number) {
    const instances = await Promise.all(Array.from({ length: count }, () => join(open)));
    for (const one of instances) {
      await until('heard everywhere', () => {
        one.send('hello');
        return instances.every((other) => other === one || other.heard.includes('hello'));
      });
    }
    // Hellos on their way are let in before anything is counted.
    await until('quiet', async () => {
      const before = instances.map(({ heard }) => heard.length).join();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return before === instances.map(({ heard }) => heard.length).join();
    });
    for (const { forget } of instances) forget();
    return instances;
  }

  test('what one says every other hears, in order and once, and itself not', async () => {
    const [one = expect.fail(), two = expect.fail(), three = expect.fail()] = await connected(3);
    const words = Array.from({ length: 500 }, (_, i) => `word ${i}`);
    for (const word of words) one.send(word);
    two.send('of two');
    await until('all heard', () => three.heard.length >= 501 && two.heard.length >= 500);
    expect(two.heard).toEqual(words);
    expect(three.heard.filter((word) => word !== 'of two')).toEqual(words);
    expect(one.heard).toEqual(['of two']);
    expect([one.gaps(), two.gaps(), three.gaps()]).toEqual([0, 0, 0]);
  });

  test('a message is there well within half a second', async () => {
    const [one = expect.fail(), two = expect.fail()] = await connected(2);
    one.send('now');
    expect(await until('heard', () => two.heard.includes('now'), 5000, 1)).toBeLessThan(500 / 3);
  });

  test('text that would be too long for PostgreSQL makes the others read again', async () => {
    const [one = expect.fail(), two = expect.fail()] = await connected(2);
    one.send('é'.repeat(4000));
    one.send('after it');
    await until('heard', () => two.heard.includes('after it'));
    expect([two.heard, two.gaps()]).toEqual([['after it'], 1]);
  });

  test('what another version cannot read makes it read again', async () => {
    const [one = expect.fail(), two = expect.fail()] = await connected(2);
    one.fanOut.topic('words', z.unknown()).send({ newer: true });
    one.fanOut.topic('of a newer version', z.string()).send('x');
    await until('both noticed', () => two.gaps() === 2);
    expect(two.heard).toEqual([]);
  });

  test('after the connection broke everybody is told, and messages come again', async () => {
    const [one = expect.fail(), two = expect.fail()] = await connected(2);
    await cut();
    one.send('lost or not');
    await until('both told', () => one.gaps() > 0 && two.gaps() > 0);
    await until('heard again', () => {
      one.send('again');
      two.send('and back');
      return two.heard.includes('again') && one.heard.includes('and back');
    });
  });

  test('closing sends what was said before', async () => {
    const [one = expect.fail(), two = expect.fail()] = await connected(2);
    one.send('good-bye');
    await one.fanOut.close();
    await until('heard', () => two.heard.includes('good-bye'));
  });
});

test('an instance by itself has nobody to tell', async () => {
  const alone = await join(() => openFanOut({ redis: null, postgresUrl: null, log: silentLog }));
  alone.send('hello');
  await alone.fanOut.close();
  expect([alone.heard, alone.gaps()]).toEqual([[], 0]);
});

test('a PostgreSQL that is away at the start is waited for without end or noise', async () => {
  const port = await freePort();
  const said: string[] = [];
  const log = { ...silentLog, warn: (event: string) => void said.push(event) };
  const fanOut = await openFanOut({ redis: null, postgresUrl: `postgres://bangui@127.0.0.1:${port}/x`, log });
  fanOut.topic('words', z.string()).send('nobody hears');
  await until('told', () => said.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 700));
  await fanOut.close();
  expect(said).toEqual(['fan_out_unreachable']);
});
