/**
 * Unit, property, fault and real-server tests. Those that touch BanGUI's database run twice: on SQLite, and on a
 * PostgreSQL of their own. The journeys in a browser are Playwright's (`playwright.config.ts`).
 */
import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { databaseVariable } from './test/servers/test-databases.ts';

const include = ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'runtime/**/*.test.ts'];

/** About a file of SQLite, or about the other servers themselves. */
const onSqliteOnly = [
  // opening, WAL, rights and damage of the file
  'src/platform/db/open-sqlite.test.ts',
  // opens the same file beside BanGUI, to lock it and to delete the row by hand
  'src/platform/lock/sqlite-lock.test.ts',
  // the disk, the file and its locks go wrong
  'test/faults/database-start.test.ts',
  'test/faults/database-running.test.ts',
  // bring both databases themselves
  'src/backup.test.ts',
  'src/doctor.test.ts',
];

/** Names from `test/` through which a test comes to a database of the run's kind. */
const database = /temporaryDatabase|startMirrored|startBangui|databaseEnvironment|databaseOf/;
const onBoth = globSync(include).filter(
  (file) => !onSqliteOnly.includes(file) && database.test(readFileSync(file, 'utf8')),
);

export default defineConfig({
  test: {
    environment: 'node',
    exclude: ['test/e2e/**', '**/node_modules/**'],
    // A real fail2ban takes a second to start, longer on a busy machine with two cores.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    maxWorkers: 2,
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
