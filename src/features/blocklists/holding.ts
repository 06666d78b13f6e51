/** Which lists hold an address or a part of a network, whatever is enforced. */
import type { Kysely } from 'kysely';
import type { Address } from '../../base/address.ts';
import { AppError } from '../../base/errors.ts';
import type { Database } from '../../platform/db/schema.ts';
import { unreadable } from './measure-files.ts';
import { findInSetFile } from './set-file.ts';

export interface HoldingDeps {
  db: Kysely<Database>;
  hostId: string;
  /** Path of a set file by its name in the source's row. */
  setFile: (name: string) => string;
}

export interface ListHolding {
  source_id: number;
  name: string;
  enabled: boolean;
  /** The list's address or network, merged with its neighbours, that holds or meets it. */
  entry: string;
}

export interface Holding {
  /** By the newest version of each list that was ever read, also of those switched off. Throws AppError 503. */
  lists(address: Address): Promise<ListHolding[]>;
}

export function createHolding(deps: HoldingDeps): Holding {
  return {
    async lists(address) {
      const rows = await readRows(deps);
      try {
        return await findIn(deps, rows, address);
      } catch {
        // a run may have put another file in its place meanwhile, and removed this one
        return findIn(deps, await readRows(deps), address).catch((cause: unknown) => {
          throw new AppError(503, 'blocklist_unreadable', unreadable, { cause });
        });
      }
    },
  };
}

interface Row {
  id: number;
  name: string;
  enabled: number;
  set_file: string | null;
}

const readRows = ({ db, hostId }: HoldingDeps): Promise<Row[]> =>
  db
    .selectFrom('blocklist_sources')
    .select(['id', 'name', 'enabled', 'set_file'])
    .where('host_id', '=', hostId)
    .where('set_file', 'is not', null)
    .orderBy('name')
    .execute();

async function findIn(
  { setFile }: HoldingDeps,
  rows: readonly Row[],
  address: Address,
): Promise<ListHolding[]> {
  const found = await Promise.all(
    rows.map(async ({ id, name, enabled, set_file: file }) => {
      const entry = file === null ? null : await findInSetFile(setFile(file), address);
      return entry === null ? [] : [{ source_id: id, name, enabled: enabled === 1, entry }];
    }),
  );
  return found.flat();
}
