/** Three instances on one PostgreSQL, with or without Redis, a real fail2ban, and a job that counts. */
import pg from 'pg';
import { startBangui, type RunningBangui } from '../bangui.ts';
import { startFail2ban } from '../fail2ban/real-fail2ban.ts';
import { startPostgres } from '../servers/postgres.ts';
import { startRedis } from '../servers/redis.ts';

export interface Replicas {
  instances: RunningBangui[];
  /** For looking at the database from outside. */
  sql: pg.Client;
  /** Starts the instance at this place again, on its port. */
  startAgain(index: number): Promise<void>;
  /** The place of the instance that holds the scheduler lock, or null. */
  holder(): Promise<number | null>;
  stop(): Promise<void>;
}

export async function startReplicas({ redis: withRedis }: { redis: boolean }): Promise<Replicas> {
  const [fail2ban, postgres, redis] = await Promise.all([
    startFail2ban(),
    startPostgres(),
    withRedis ? startRedis() : null,
  ]);
  const url = await postgres.database('replicas');
  const sql = new pg.Client(url);
  await sql.connect();
  await sql.query(
    `CREATE TABLE counting (id bigserial PRIMARY KEY, token bigint NOT NULL, pid integer NOT NULL,
      n integer NOT NULL, step integer NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())`,
  );
  const env = {
    BANGUI_DATABASE_URL: url,
    BANGUI_SESSION_SECRET: 'shared by all three instances of the test',
    BANGUI_SCHEDULER_LOCK_MODE: 'standby',
    ...(redis === null ? {} : { BANGUI_REDIS_URL: redis.url }),
  };
  const options = { socket: fail2ban.socket, env, program: 'test/replicas/counting-instance.ts' };
  const instances: RunningBangui[] = [];
  for (let i = 0; i < 3; i++) instances.push(await startBangui(options));
  return {
    instances,
    sql,
    async startAgain(index) {
      const former = instances[index];
      if (former === undefined) throw new Error(`there is no instance ${index}`);
      instances[index] = await former.restart();
    },
    async holder() {
      const { rows } = await sql.query<{ pid: string }>('SELECT pid FROM scheduler_lock');
      const index = instances.findIndex(({ pid }) => pid === Number(rows[0]?.pid));
      return index < 0 ? null : index;
    },
    async stop() {
      await Promise.all(instances.map((instance) => instance.dispose()));
      await sql.end();
      await redis?.stop();
      await postgres.stop();
      await fail2ban.remove();
    },
  };
}
