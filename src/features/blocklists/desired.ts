/** What should be in force: the newest version of each list that is on, without what is never blocked. */
import { createHash } from 'node:crypto';
import type { ListFolder } from './folder.ts';
import { readEnforcementRow } from './in-force.ts';
import type { CombineJob, Without } from './list-jobs.ts';
import { findInSetFile } from './set-file.ts';
import { readSourceRows, type RowsDeps } from './source-rows.ts';

export interface Desired {
  /** A fingerprint of all that decides what is in force. */
  id: string;
  sets: CombineJob['sets'];
  /** What of the lists is never blocked. */
  without: readonly Without[];
}

export interface DesiredDeps extends RowsDeps {
  folder: ListFolder;
  /** What is never blocked. */
  without: () => Promise<readonly Without[]>;
}

/** Null while nothing can enforce. */
export async function readDesired(deps: DesiredDeps): Promise<Desired | null> {
  if ((await readEnforcementRow(deps)) === undefined) return null;
  const rows = (await readSourceRows(deps)).flatMap(({ id, enabled, set_file: name }) =>
    enabled === 1 && name !== null ? [{ id, name }] : [],
  );
  const files = rows.map(({ name }) => deps.folder.setFile(name));
  const without = await meeting(await deps.without(), files);
  // set files are named after their content
  const parts = [rows.map(({ name }) => name), without.map(({ entry }) => entry)];
  return {
    id: fingerprint(parts.map((texts) => [...new Set(texts)].toSorted())),
    sets: rows.map(({ id, name }) => ({ sourceId: id, file: deps.folder.setFile(name) })),
    without,
  };
}

/** Whom no list means changes nothing: nobody who signs in from elsewhere has all lists put together anew. */
async function meeting(without: readonly Without[], files: readonly string[]): Promise<Without[]> {
  const met: Without[] = [];
  for (const one of without) {
    for (const file of files) {
      // a file that cannot be read is found out when it is to be used
      const found = await findInSetFile(file, one.entry).catch(() => one.entry);
      if (found === null) continue;
      met.push(one);
      break;
    }
  }
  return met;
}

/** The name of the set file of these bytes, read so. */
export const setNameOf = (source: number, contentHash: string, format: string): string =>
  `${source}-${fingerprint([contentHash, format])}.set`;

const fingerprint = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20);
