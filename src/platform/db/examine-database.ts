/** The embedded database and its folder, for `bangui doctor`. Nothing is written, not even a `-shm` file. */
import { accessSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { ok, problem, warning, type Finding } from '../../base/finding.ts';
import { judgeHolder } from '../lock/judge-holder.ts';
import { describeOpeningFailure } from './failure-opening.ts';
import { describeDatabaseFailure } from './failure.ts';
import { freeBytes, leastFreeBytes } from './free-space.ts';

interface ExamineOptions {
  path: string;
  /** The highest schema version that this BanGUI knows. */
  newest: number;
  /** ms. */
  now: number;
}

const megabyte = 1024 * 1024;
const comfortableFree = 100 * megabyte;
/** Clocks of two machines differ; more than this is a clock that was wrong. */
const clockSlackMs = 60_000;

export function examineDatabase({ path, newest, now }: ExamineOptions): Finding[] {
  const folder = dirname(path);
  if (!existsSync(path)) {
    const failure = describeOpeningFailure(Object.assign(new Error('not there'), { code: 'ENOENT' }), path);
    return failure?.code === 'database_cannot_open'
      ? [ok('database', `There is none yet; the first start makes ${path}.`)]
      : [
          problem(
            'database',
            `There is none, and it cannot be made: ${failure?.message}`,
            `ls -ld ${folder}`,
          ),
        ];
  }
  return [...examineContents({ path, newest, now }), examineRoom(path), ...examineRights(path)];
}

function examineContents({ path, newest, now }: ExamineOptions): Finding[] {
  let database: DatabaseSync | null = null;
  try {
    closeSync(openSync(path, 'r+'));
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
    database = openUntouched(path);
    const broken = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (broken !== 'ok') throw new Damaged();
    const version = Number(
      database.prepare('SELECT max(version) AS version FROM schema_migrations').get()?.['version'],
    );
    const row = database.prepare('SELECT * FROM scheduler_lock').get();
    const written = Number(database.prepare('SELECT max(at) AS at FROM audit').get()?.['at'] ?? 0);
    return [
      examineVersion({ version, newest, place: `${kilobytes(path)} kB. File: ${path}` }),
      examineLock(row, now),
      examineClock(Math.max(written, Number(row?.['heartbeat_at'] ?? 0)), now),
    ];
  } catch (error) {
    const failure = error instanceof Damaged ? corrupt : describeOpeningFailure(error, path);
    if (failure === null) {
      const reason = error instanceof Error ? error.message : String(error);
      return [problem('database', `${path} is no database of BanGUI: ${reason}.`, restoreCommand)];
    }
    const remedy = failure.code === 'database_corrupt' ? restoreCommand : `ls -ld ${dirname(path)} ${path}`;
    return [problem('database', `${failure.message} File: ${path}`, remedy)];
  } finally {
    database?.close();
  }
}

class Damaged extends Error {}

const corrupt = describeDatabaseFailure(Object.assign(new Error('damaged'), { errcode: 11 }));
const restoreCommand = 'npm run bangui -- restore FILE';

/** Without a write-ahead log nobody writes at this moment, and the file can be read as it lies there. */
function openUntouched(path: string): DatabaseSync {
  if (existsSync(`${path}-wal`)) return new DatabaseSync(path, { readOnly: true, timeout: 1_000 });
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  return new DatabaseSync(url, { readOnly: true });
}

const kilobytes = (path: string): string => Math.ceil(statSync(path).size / 1024).toLocaleString('en');

export function examineVersion(facts: { version: number; newest: number; place: string }): Finding {
  const { version, newest, place } = facts;
  if (version > newest) {
    return problem(
      'database',
      `It is at schema version ${version}, this BanGUI knows versions up to ${newest}. ${place}`,
      'Start the newer BanGUI again, or restore a backup made before.',
    );
  }
  const behind = version < newest ? ` The next start brings it to version ${newest}.` : '';
  return ok('database', `Sound, schema version ${version}. ${place}${behind}`);
}

export function examineLock(row: Readonly<Record<string, unknown>> | undefined, now: number): Finding {
  if (row === undefined) return ok('scheduler', 'No instance runs the background jobs at this moment.');
  const { pid, hostname, silentMs, state } = judgeHolder(row, now);
  const name = `Process ${pid} on ${hostname}`;
  const seconds = Math.round(silentMs / 1000);
  if (state === 'alive') return ok('scheduler', `${name} runs the background jobs, seen ${seconds} s ago.`);
  return warning(
    'scheduler',
    state === 'gone'
      ? `${name} held the scheduler lock and is no more.`
      : `${name} holds the scheduler lock and was last seen ${seconds} s ago.`,
    'The next start takes the lock. By hand: DELETE FROM scheduler_lock;',
  );
}

/** Written times are the past, unless a clock was wrong then or is wrong now. */
export function examineClock(lastWritten: number, now: number): Finding {
  const aheadMs = lastWritten - now;
  const here = `${new Date(now).toISOString().slice(0, 19)} UTC`;
  if (aheadMs <= clockSlackMs) return ok('clock', `${here}.`);
  return problem(
    'clock',
    `The clock says ${here}, and the database was written ${Math.round(aheadMs / 60_000)} min after that.`,
    'timedatectl set-ntp true',
  );
}

function examineRoom(path: string): Finding {
  const free = freeBytes(path);
  if (free === null) return ok('disk', 'The file system does not tell how much room is left.');
  const left = `${Math.floor(free / megabyte).toLocaleString('en')} MB left on the disk of the database.`;
  const remedy = `df -h ${dirname(path)}`;
  if (free < leastFreeBytes) return problem('disk', `${left} Nothing more can be stored.`, remedy);
  return free < comfortableFree ? warning('disk', left, remedy) : ok('disk', left);
}

/** Password hashes, the session secret, copies made before migrations. A group may look into the folder, not into them. */
function examineRights(path: string): Finding[] {
  const folder = dirname(path);
  const places = [
    { place: folder, closed: 0o027, right: '700' },
    { place: path, closed: 0o077, right: '600' },
    { place: join(folder, 'session-secret'), closed: 0o077, right: '600' },
  ];
  const open = places.filter(
    ({ place, closed }) => existsSync(place) && (statSync(place).mode & closed) !== 0,
  );
  if (open.length === 0) return [ok('rights', `Nobody else reads ${folder}.`)];
  return open.map(({ place, right }) =>
    warning('rights', `Others than BanGUI may reach ${place}.`, `chmod ${right} ${place}`),
  );
}
