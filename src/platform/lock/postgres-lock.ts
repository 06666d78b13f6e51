/** The scheduler lock as a session of PostgreSQL that holds an advisory lock; the row in the database shows it. */
import { hostname } from 'node:os';
import pg from 'pg';
import { bounded } from './bounded.ts';
import { holdLock, type LockDeps } from './hold-lock.ts';
import type { Gate, LockTimes, SchedulerLock } from './lock.ts';

/** A holder that ends is seen at once by its connection; one that stops, or whose cable is cut, after 15 s. */
const contractTimes: LockTimes = {
  lookMs: 1_000,
  heartbeatMs: 5_000,
  beatBoundMs: 5_000,
  leaseMs: 15_000,
  holdMs: 12_000,
  settleMs: 2_000,
  graceMs: 60_000,
};

/** `BanG` in ASCII, and 1 for the scheduler: the same in each release, per database. */
const lockKey = [0x42616e47, 1];
const goodbyeMs = 2_000;

/** Needs PostgreSQL 14, and a connection of its own for as long as it lives: no pooler that shares sessions. */
export function createPostgresLock(deps: Omit<LockDeps, 'dialect'> & { databaseUrl: string }): SchedulerLock {
  const { databaseUrl, times = {} } = deps;
  const { leaseMs, beatBoundMs } = { ...contractTimes, ...times };
  let session: pg.Client | null = null;
  let onLost = (): void => {};

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: `bangui scheduler lock, ${hostname()} ${process.pid}`,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
      connectionTimeoutMillis: beatBoundMs,
      query_timeout: beatBoundMs,
    });
    const ended = (): void => {
      if (session !== client) return;
      session = null;
      onLost();
    };
    client.on('error', ended);
    client.on('end', ended);
    try {
      await client.connect();
      // The server itself cuts us off, and with it the lock, when nothing is heard of us for the length of the lease.
      await client.query(`SET idle_session_timeout = ${leaseMs}`);
    } catch (error) {
      await end(client);
      throw error;
    }
    return client;
  };
  const leave = async (): Promise<void> => {
    const client = session;
    session = null;
    if (client !== null) await end(client);
  };

  const gate: Gate = {
    kind: 'postgres',
    times: contractTimes,
    async enter(lost) {
      session ??= await connect();
      try {
        const answer = await session.query<{ entered: boolean }>(
          'SELECT pg_try_advisory_lock($1, $2) AS entered',
          lockKey,
        );
        if (answer.rows[0]?.entered !== true) return false;
      } catch (error) {
        await leave();
        throw error;
      }
      onLost = lost;
      return session !== null;
    },
    async renew() {
      if (session === null) return false;
      await session.query('SELECT 1');
      return true;
    },
    async leave() {
      onLost = () => {};
      await leave();
    },
  };
  return holdLock({ ...deps, dialect: 'postgres', gate });
}

/** Says goodbye, which frees the lock at once; a server that does not hear it frees it at the end of the lease. */
async function end(client: pg.Client): Promise<void> {
  await bounded(
    client.end().catch(() => undefined),
    goodbyeMs,
  );
}
