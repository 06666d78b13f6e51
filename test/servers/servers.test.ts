/** The servers that tests bring themselves: they start, keep databases apart, and leave nothing behind. */
import pg from 'pg';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

test('a PostgreSQL of its own keeps its databases apart', async () => {
  const server = await startPostgres();
  try {
    const one = new pg.Client(await server.database('one'));
    const two = new pg.Client(await server.database('two'));
    await Promise.all([one.connect(), two.connect()]);
    await one.query('CREATE TABLE mine (a integer)');
    await expect(two.query('SELECT * FROM mine')).rejects.toThrow('does not exist');
    await Promise.all([one.end(), two.end()]);
  } finally {
    await server.stop();
  }
});

test('a Redis of its own answers', async () => {
  const server = await startRedis();
  const redis = new Redis(server.url);
  try {
    expect(await redis.ping()).toBe('PONG');
  } finally {
    redis.disconnect();
    await server.stop();
  }
});
