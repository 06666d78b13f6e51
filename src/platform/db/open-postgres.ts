/** Opens a database of a PostgreSQL server: a pool of connections behind Kysely, whole numbers as numbers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { StartError } from '../../base/start-error.ts';
import { describeDatabaseFailure, reasonOf } from './failure.ts';
import type { Database } from './schema.ts';

/** Of one instance; the scheduler lock and the health probe have connections of their own. */
const poolSize = 10;
/** For a connection, and for a free place in the pool. */
const connectMs = 5_000;
/** The longest one statement may take. Migrations lift it for themselves. */
const statementMs = 30_000;
const probeMs = 2_000;
/** How long a server that is starting up is waited for. */
const startingMs = 30_000;

/** Throws StartError with a code of `failure.ts` when the database cannot be used. What the URL says, wins. */
export async function openPostgres({ url, log, now }: { url: string; log: Log; now: Clock }) {
  const place = placeOf(url);
  const connection = {
    connectionString: url,
    application_name: 'bangui',
    connectionTimeoutMillis: connectMs,
    // Node asks ten times, a second apart: a cut cable is noticed after 20 s
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: wholeNumbers(),
  };
  try {
    await checkServer({ connection, place, now, deadline: now() + startingMs });
  } catch (error) {
    const failure = describeDatabaseFailure(error);
    if (failure === null) throw error;
    throw new StartError(failure.code, `${failure.message} ${place} (${reasonOf(error)})`, { cause: error });
  }
  const pool = new pg.Pool({
    ...connection,
    max: poolSize,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: 2 * statementMs,
  });
  // A lost connection says so by an event as well as by a failing query; unheard, the event would end the process.
  pool.on('error', (error) => log.warn('database_connection_lost', { error }));
  pool.on('connect', (client) =>
    client.on('error', (error) => log.debug('database_connection_error', { error })),
  );
  log.debug('database_opened', { place });
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    dialect: 'postgres' as const,
    path: null,
    place,
    probe: () => probe(connection),
    async close() {
      // Kysely ends a pool only once it has used it
      await db.destroy();
      if (!pool.ended) await pool.end();
    },
  };
}

/** Never throws, and never tells user or password. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'PostgreSQL';
  const { hostname, port, pathname, searchParams } = new URL(url);
  const host = decodeURIComponent(hostname) || searchParams.get('host') || 'this machine';
  const name = decodeURIComponent(pathname.slice(1));
  return `PostgreSQL database ${name === '' ? 'of the user' : name} on ${host}${port === '' ? '' : `:${port}`}`;
}

/**
 * bigint and numeric (a sum of bigints is one) come as text otherwise. Ours are times in ms and counts. One that is
 * not exact as a number is an error, as it is with SQLite.
 */
function wholeNumbers(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  const read = (text: string): number => {
    const value = Number(text);
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw new RangeError(`${text} is not exact as a number`);
    return value;
  };
  types.setTypeParser(pg.types.builtins.INT8, read);
  types.setTypeParser(pg.types.builtins.NUMERIC, read);
  return types;
}

interface ServerCheck {
  connection: pg.ClientConfig;
  place: string;
  now: Clock;
  deadline: number;
}

async function checkServer({ connection, place, now, deadline }: ServerCheck): Promise<void> {
  for (;;) {
    try {
      const encoding = await askOnce(connection, "SELECT current_setting('server_encoding') AS value");
      if (encoding === 'UTF8') return;
      throw new StartError(
        'database_encoding',
        `The database is encoded as ${String(encoding)}; BanGUI needs UTF8. Create another one: ` +
          `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0. ${place}`,
      );
    } catch (error) {
      if (describeDatabaseFailure(error)?.code !== 'database_starting' || now() >= deadline) throw error;
      await sleep(500);
    }
  }
}

async function probe(connection: pg.ClientConfig): Promise<string | null> {
  const bounds = { connectionTimeoutMillis: probeMs, query_timeout: probeMs, statement_timeout: probeMs };
  try {
    await askOnce({ ...connection, ...bounds }, 'SELECT max(version) AS value FROM schema_migrations');
    return null;
  } catch (error) {
    return describeDatabaseFailure(error)?.message ?? reasonOf(error);
  }
}

/** The column `value` of the one row, on a connection of its own. */
async function askOnce(connection: pg.ClientConfig, text: string): Promise<unknown> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ value: unknown }>(text);
    return rows[0]?.value;
  } finally {
    await client.end();
  }
}
