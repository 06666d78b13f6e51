/**
 * Unit, property, fault and real-server tests. Those that touch BanGUI's database run twice: on SQLite, and on a
 * PostgreSQL of their own. The journeys in a browser are Playwright's (`playwright.config.ts`).
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { databaseVariable } from './test/servers/test-databases.ts';

const include = ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'runtime/**/*.test.ts'];

/** What would say the same twice, or nothing, on the other database. */
const once = [
  // opening, WAL, rights and damage of the file
  'src/platform/db/open-sqlite.test.ts',
  // a thread for the file
  'src/platform/db/reader.test.ts',
  // opens the same file beside BanGUI, to lock it and to delete the row by hand
  'src/platform/lock/sqlite-lock.test.ts',
  // bring the databases they need themselves
  'test/faults/database-outage.test.ts',
  'test/instances/sharing.test.ts',
  'test/instances/embedded.test.ts',
  'test/replicas/replicas.test.ts',
  'test/replicas/rolling-update.test.ts',
  // what is refused before anything is stored
  'src/features/config/wrong-edits.test.ts',
  // the steps of a change; that its rows are kept on both is said by form-routes and config-ends
  'src/features/config/changes.test.ts',
  // fail2ban's settings and log, the socket it hangs on, and where our own log goes: none of it is stored
  'src/features/server/routes.test.ts',
  'test/faults/daemon-faults.test.ts',
  'test/monitoring/shipping.test.ts',
  // what can be known from fail2ban's socket, log and database; that its rows are kept on both is said by history-ends
  'test/faults/history-sources.test.ts',
  // the disk, the file and its locks go wrong
  'test/faults/database-start.test.ts',
  'test/faults/database-running.test.ts',
  'src/backup.test.ts',
  'src/doctor.test.ts',
  'test/docs/commands.test.ts',
];

/** Names from `test/` through which a test comes to a database of the run's kind. */
const database =
  /temporaryDatabase|openChangesScene|importScene|startMirrored|startBangui|databaseEnvironment|databaseOf/;
const onBoth = globSync(include).filter(
  (file) =>
    !file.startsWith('test/deploy/') && !once.includes(file) && database.test(readFileSync(file, 'utf8')),
);

export default defineConfig({
  test: {
    environment: 'node',
    // Threads and processes that tests start read our modules from the cache that `npm start` fills, too: a thread
    // for a job on lists takes half the processor time then, and there are hundreds.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compile') },
    exclude: ['test/e2e/**', 'test/deploy/**', '**/node_modules/**'],
    // A real fail2ban takes a second to start, many more on a busy machine with two cores.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    // One more than the cores of the machine that runs them for us: tests with a real fail2ban mostly wait for it.
    maxWorkers: 3,
    pool: 'forks',
    allowOnly: false,
    projects: [
      { extends: true, test: { name: 'sqlite', include } },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: onBoth,
          env: { [databaseVariable]: 'postgres' },
          globalSetup: 'test/servers/postgres-for-tests.ts',
        },
      },
    ],
  },
});
