/** `backup` and `restore` as the operator types them: which database is meant, and a sentence on what was done. */
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import metadata from '../package.json' with { type: 'json' };
import type { Clock } from './base/clock.ts';
import { StartError } from './base/start-error.ts';
import type { Config } from './config.ts';
import { copySqlite, makeBackup } from './platform/db/backup.ts';
import { migrations } from './platform/db/migrate.ts';
import { restoreSqlite } from './platform/db/restore.ts';

interface BackupCommand {
  config: Config;
  /** `-` is standard output; null a file named after the time, in `backups/` beside the database. */
  to: string | null;
  now: Clock;
}

export async function backUp({ config, to, now }: BackupCommand): Promise<string> {
  const { databasePath: path } = config;
  const time = now();
  const make = (file: string) =>
    makeBackup({
      path,
      to: file,
      madeFrom: 'sqlite',
      copyInto: async (draft) => copySqlite(path, draft),
      applicationVersion: metadata.version,
      now: time,
    });
  if (to === '-') {
    if (process.stdout.isTTY)
      throw new StartError(
        'backup_to_terminal',
        'A backup is no text. Name a file, or redirect: backup - > FILE',
      );
    const folder = mkdtempSync(join(tmpdir(), 'bangui-backup-'));
    try {
      const file = join(folder, 'backup.db');
      const { rows } = await make(file);
      await pipeline(createReadStream(file), process.stdout, { end: false });
      return `${rows} rows written to standard output. ${secret}`;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const stamp = new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const file = resolve(to ?? join(dirname(path), 'backups', `bangui-${stamp}.db`));
  const { rows, schema_version } = await make(file);
  const kilobytes = Math.ceil(statSync(file).size / 1024);
  return `${file}: ${rows} rows, ${kilobytes} kB, schema version ${schema_version}, verified. ${secret}`;
}

const secret = 'Keep it as you keep passwords: it holds the hash of yours.';

interface RestoreCommand {
  config: Config;
  file: string;
  now: Clock;
}

export async function restore({ config, file, now }: RestoreCommand): Promise<string> {
  const { databasePath: path } = config;
  const { manifest, version, replaced } = restoreSqlite({
    file: resolve(file),
    path,
    newest: migrations.length,
    now: now(),
  });
  const made =
    manifest === null
      ? 'It carries no checksum, since it is no backup; its structure is sound.'
      : `It was made on ${manifest.made_at} by BanGUI ${manifest.application_version}.`;
  const kept = replaced === null ? 'There was no database before.' : `The database before is ${replaced}.`;
  const behind = version < migrations.length ? ' The next start migrates it.' : '';
  return `${resolve(file)} is the database now. ${made} ${kept}${behind} Everybody signs in again, with the password of then.`;
}
