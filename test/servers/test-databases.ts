/** Databases in the PostgreSQL that serves a run of the tests; none when the run is on SQLite. */
import { basename } from 'node:path';
import pg from 'pg';

/** Names of the environment variables through which `vitest.config.ts` and its set-up tell the tests. */
export const databaseVariable = 'BANGUI_TEST_DATABASE';
export const serverVariable = 'BANGUI_TEST_POSTGRES';
/** Migrated once, copied for each test. */
export const templateName = 'bangui_template';

export const onPostgres = (): boolean => process.env[databaseVariable] === 'postgres';

const urlOf = (name: string): string => {
  const url = new URL(process.env[serverVariable] ?? '');
  url.pathname = `/${name}`;
  return url.href;
};

/** The database that belongs to a folder; made when it is not there, empty or migrated. Answers its URL. */
export async function databaseOf(folder: string, { migrated = false } = {}): Promise<string> {
  const name = basename(folder);
  const found = await ask('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  const template = migrated ? `TEMPLATE ${templateName}` : '';
  if (found === 0) await ask(`CREATE DATABASE ${pg.escapeIdentifier(name)} ${template}`);
  return urlOf(name);
}

/** Cuts connections that are still open. */
export async function dropDatabaseOf(folder: string): Promise<void> {
  await ask(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(basename(folder))} WITH (FORCE)`);
}

/** How a BanGUI process of this run is told to use the database that belongs to a folder. */
export async function databaseEnvironment(folder: string): Promise<Record<string, string>> {
  if (!onPostgres()) return {};
  return {
    BANGUI_DATABASE_URL: await databaseOf(folder),
    BANGUI_SESSION_SECRET: 'a secret of the tests, 32 or more',
  };
}

async function ask(text: string, values: string[] = []): Promise<number> {
  const client = new pg.Client(urlOf('postgres'));
  await client.connect();
  try {
    return (await client.query(text, values)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
