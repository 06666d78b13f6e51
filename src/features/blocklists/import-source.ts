/** One run of one list: fetch, read, compare, take it, and bring it into force. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Downloader } from '../../platform/download.ts';
import type { Fence } from '../../platform/lock/fence.ts';
import { setNameOf } from './desired.ts';
import type { Enforcer } from './enforcer.ts';
import type { ListFolder } from './folder.ts';
import { judgeChange, noList } from './judge.ts';
import type { ReadEnd } from './list-jobs.ts';
import type { ListWork } from './list-work.ts';
import type { OpenRun } from './open-run.ts';
import { formatOf, heldOf, type HeldVersion, type SourceRow } from './source-rows.ts';

export interface ImportDeps {
  folder: ListFolder;
  downloader: Downloader;
  work: Pick<ListWork, 'read'>;
  enforcer: Enforcer;
  /** Most bytes of a list, packed and unpacked. */
  maxBytes: number;
  now: Clock;
}

export interface ImportTools {
  run: OpenRun;
  fence: Fence;
  /** Ends also what follows the moment at which the version is taken. */
  signal: AbortSignal;
}

/** What the source's row says once a version is taken. */
interface Version {
  set_file: string;
  content_hash: string;
  etag: string | null;
  last_modified: string | null;
  entries: number;
}

type ImportEnd = { state: 'completed' | 'unchanged' } | { state: 'held'; held: HeldVersion };

/** Throws AppError when no new version could be had, or fail2ban did not take it; what was in force stays. */
export async function importSource(
  deps: ImportDeps,
  source: SourceRow,
  { run, fence, signal }: ImportTools,
): Promise<ImportEnd> {
  const taken = await newVersion(deps, source, run);
  if (taken !== null && 'held' in taken) return { state: 'held', held: taken.held };
  run.stop.throwIfAborted();
  if (taken !== null) await take(deps, { source, version: taken.version, fence });
  // Taken: from here on only what must end at once ends it, or the next start does the rest.
  await deps.enforcer.makeEqual(run, { fence, stop: signal, signal });
  return { state: taken === null ? 'unchanged' : 'completed' };
}

type NewVersion = { version: Version } | { held: HeldVersion };

/** Null: it is the version there is. */
export async function newVersion(
  deps: ImportDeps,
  source: SourceRow,
  run: OpenRun,
): Promise<NewVersion | null> {
  const { folder } = deps;
  const waiting = heldOf(source);
  if (run.row.force === 1 && waiting !== null && existsSync(folder.setFile(waiting.set_file))) {
    await run.step(
      'compare',
      async () => {},
      () => 'The version that waited was accepted.',
    );
    const { set_file, content_hash, etag, last_modified, after, counts } = waiting;
    run.count(counts);
    return { version: { set_file, content_hash, etag, last_modified, entries: after } };
  }
  const fetched = await run.step('download', () => fetchList(deps, source, run), told);
  if (fetched === null) return null;
  const set_file = setNameOf(source.id, fetched.sha256, source.format);
  const before = usableVersion(deps, source);
  if (before === set_file) return null;
  const end = await run.step(
    'read',
    () => read(deps, { source, file: fetched.file, set_file, run }),
    ({ counts }) => `${shown(counts.valid)} entries in ${shown(counts.lines)} lines`,
  );
  const version = {
    set_file,
    content_hash: fetched.sha256,
    etag: fetched.etag,
    last_modified: fetched.lastModified,
    entries: end.sizes.v4Entries + end.sizes.v6Entries,
  };
  const reason = await run.step(
    'compare',
    async () => judgeChange(before === null ? null : source.entries, version.entries),
    (judged) =>
      judged ?? `${shown(end.counts.added)} addresses more, ${shown(end.counts.removed)} fewer than before`,
  );
  // of a list that is off nothing is in force that could be lost
  if (reason === null || run.row.force === 1 || source.enabled === 0) return { version };
  const { entries: after, ...rest } = version;
  const { counts } = end;
  return { held: { ...rest, run_id: run.row.id, reason, before: source.entries ?? 0, after, counts } };
}

/** The name of the set file of the version there is; null when there is none, or its file is gone. */
const usableVersion = ({ folder }: ImportDeps, { set_file: name, content_hash: hash }: SourceRow) =>
  name !== null && hash !== null && existsSync(folder.setFile(name)) ? name : null;

interface Fetched {
  file: string;
  sha256: string;
  etag: string | null;
  lastModified: string | null;
  bytes: number;
}

/** Null: the other side says that it is unchanged. */
async function fetchList(deps: ImportDeps, source: SourceRow, run: OpenRun): Promise<Fetched | null> {
  const { folder, downloader } = deps;
  if (source.url === null) return uploaded(folder.uploadFile(source.id), run);
  const known = usableVersion(deps, source) !== null;
  const file = folder.incomingFile(run.row.id);
  const answer = await downloader.fetch({
    url: source.url,
    into: file,
    etag: known ? source.etag : null,
    lastModified: known ? source.last_modified : null,
    signal: run.stop,
    onProgress: (bytes, total) => run.count({ bytes, bytes_total: total }),
  });
  if (answer.kind === 'unchanged') return null;
  const { sha256, etag, lastModified, bytes } = answer;
  run.count({ bytes, bytes_total: bytes });
  return { file, sha256, etag, lastModified, bytes };
}

async function uploaded(file: string, run: OpenRun): Promise<Fetched> {
  const size = await stat(file).catch(() => null);
  if (size === null)
    throw new AppError(409, 'list_not_uploaded', 'No file was uploaded for this list yet. Upload it first.');
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, { signal: run.stop });
  run.count({ bytes: size.size, bytes_total: size.size });
  return { file, sha256: hash.digest('hex'), etag: null, lastModified: null, bytes: size.size };
}

interface Reading {
  source: SourceRow;
  file: string;
  set_file: string;
  run: OpenRun;
}

async function read(deps: ImportDeps, { source, file, set_file, run }: Reading): Promise<ReadEnd> {
  const { folder, work, maxBytes } = deps;
  const end = await work.read(
    {
      file,
      format: formatOf(source),
      setFile: folder.setFile(set_file),
      previous: source.set_file === null ? null : folder.setFile(source.set_file),
      maxBytes,
    },
    { signal: run.stop, onProgress: run.count },
  );
  run.count(end.counts);
  run.refuse(end.refusals);
  const other = noList(end.looksLike);
  if (other !== null) throw new AppError(422, 'list_not_a_list', other);
  return end;
}

/** The moment at which the new version takes the place of the one before. Throws 404 when the list was deleted. */
export async function take(
  { now }: Pick<ImportDeps, 'now'>,
  { source, version, fence }: { source: SourceRow; version: Version; fence: Fence },
): Promise<void> {
  await fence.write(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('blocklist_sources')
      .set({ ...version, entries_at: now(), held: null })
      .where('id', '=', source.id)
      // what was read in another way than is wanted by now is of no use
      .where('format', '=', source.format)
      .executeTakeFirst();
    if (numUpdatedRows === 0n)
      throw new AppError(
        409,
        'list_changed',
        'The list was changed or deleted during the run. Run it again.',
      );
  });
}

const told = (fetched: Fetched | null): string =>
  fetched === null ? 'unchanged, says the other side' : `${(fetched.bytes / 1e6).toFixed(1)} MB`;

const shown = (count: number): string => count.toLocaleString('en');
