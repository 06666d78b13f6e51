/** What should be in force: the newest version of each list that is on, without what is never blocked. */
import { createHash } from 'node:crypto';
import type { ListFolder } from './folder.ts';
import { readEnforcementRow } from './in-force.ts';
import type { CombineJob, Without } from './list-jobs.ts';
import { readSourceRows, type RowsDeps } from './source-rows.ts';

export interface Desired {
  /** A fingerprint of all that decides what is in force. */
  id: string;
  sets: CombineJob['sets'];
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
  const without = await deps.without();
  // set files are named after their content
  const parts = [rows.map(({ name }) => name), without.map(({ entry }) => entry)];
  return {
    id: fingerprint(parts.map((texts) => [...new Set(texts)].toSorted())),
    sets: rows.map(({ id, name }) => ({ sourceId: id, file: deps.folder.setFile(name) })),
    without,
  };
}

/** The name of the set file of these bytes, read so. */
export const setNameOf = (source: number, contentHash: string, format: string): string =>
  `${source}-${fingerprint([contentHash, format])}.set`;

const fingerprint = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20);
