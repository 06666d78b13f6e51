/** `backup` and `restore` as the operator types them: which database is meant, and a sentence on what was done. */
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import metadata from '../package.json' with { type: 'json' };
import type { Clock } from './base/clock.ts';
import { silentLog } from './base/log.ts';
import { StartError } from './base/start-error.ts';
import type { Config } from './config.ts';
import { unsealBackup } from './platform/db/backup-file.ts';
import { copyPostgres, isOurs, refuseInUse, restorePostgres } from './platform/db/backup-postgres.ts';
import { copySqlite, makeBackup } from './platform/db/backup.ts';
import { migrate, migrations } from './platform/db/migrate.ts';
import { databaseAt, openDatabase, type OpenDatabase } from './platform/db/open.ts';
import { checkBackup, restoreSqlite, type Restored } from './platform/db/restore.ts';

interface Settings {
  config: Config;
  now: Clock;
}

/** `to`: `-` is standard output; null a file named after the time, in `backups/` beside the database. */
export async function backUp({ config, to, now }: Settings & { to: string | null }): Promise<string> {
  if (to !== '-') {
    const file = resolve(to ?? join(dirname(config.databasePath), 'backups', `bangui-${stamp(now())}.db`));
    const { rows, schema_version } = await make({ config, now }, file);
    const kilobytes = Math.ceil(statSync(file).size / 1024);
    return `${file}: ${rows} rows, ${kilobytes} kB, schema version ${schema_version}, verified. ${secret}`;
  }
  if (process.stdout.isTTY) {
    const message = 'A backup is no text. Name a file, or redirect: backup - > FILE';
    throw new StartError('backup_to_terminal', message);
  }
  return inPrivateFolder(async (folder) => {
    const file = join(folder, 'backup.db');
    const { rows } = await make({ config, now }, file);
    await pipeline(createReadStream(file), process.stdout, { end: false });
    return `${rows} rows written to standard output. ${secret}`;
  });
}

const secret = 'Keep it as you keep passwords: it holds the hash of yours.';

async function make({ config, now }: Settings, to: string) {
  const at = databaseAt(config);
  const options = { to, applicationVersion: metadata.version, now: now() };
  if ('path' in at) {
    const { path } = at;
    const copyInto = async (file: string): Promise<void> => copySqlite(path, file);
    return makeBackup({ ...options, path, madeFrom: 'sqlite', copyInto });
  }
  return withDatabase({ config, now }, (database) =>
    makeBackup({
      ...options,
      path: null,
      madeFrom: 'postgres',
      copyInto: (file) => copyPostgres(database, file, now),
    }),
  );
}

export async function restore({ config, file: given, now }: Settings & { file: string }): Promise<string> {
  const file = resolve(given);
  const at = databaseAt(config);
  const { manifest, version, replaced } =
    'path' in at
      ? restoreSqlite({ file, path: at.path, newest: migrations.length, now: now() })
      : await restoreToServer({ config, now }, file);
  const made =
    manifest === null
      ? 'It carries no checksum, since it is no backup; its structure is sound.'
      : `It was made on ${manifest.made_at} by BanGUI ${manifest.application_version}.`;
  const kept = replaced === null ? 'There was no database before.' : `What it replaced is in ${replaced}.`;
  const behind = version < migrations.length && 'path' in at ? ' The next start migrates it.' : '';
  return `${file} is restored. ${made} ${kept}${behind} Everybody signs in again, with the password of then.`;
}

/** What is replaced there is kept as a backup beside the other backups. */
async function restoreToServer({ config, now }: Settings, file: string): Promise<Restored> {
  const checked = checkBackup(file, migrations.length);
  return inPrivateFolder(async (folder) => {
    const path = join(folder, 'bangui.db');
    copySqlite(file, path);
    unsealBackup(path);
    const from = await openDatabase({ path, log: silentLog, now });
    try {
      await migrate({ database: from, log: silentLog, now });
      return await withDatabase({ config, now }, async (to) => {
        await refuseInUse(to, now);
        const name = `bangui-before-restore-${stamp(now())}.db`;
        const replaced = (await isOurs(to)) ? join(dirname(config.databasePath), 'backups', name) : null;
        if (replaced !== null) await make({ config, now }, replaced);
        await restorePostgres({ from, to, now });
        return { ...checked, replaced };
      });
    } finally {
      await from.close();
    }
  });
}

async function withDatabase<T>(
  { config, now }: Settings,
  work: (database: OpenDatabase) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({ ...databaseAt(config), log: silentLog, now });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function inPrivateFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bangui-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const stamp = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');
