/** Who let through what a list meets, and why. */
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../platform/db/schema.ts';
import type { MeasureEnd } from './measure-jobs.ts';
import type { Simulation } from './simulation-contract.ts';

/** Owner and reason are null for what is left out by itself. */
export async function owners(
  { db, hostId }: { db: Kysely<Database>; hostId: string },
  met: MeasureEnd['met'],
): Promise<Simulation['allowed']> {
  const rows = met.some(({ kind }) => kind === 'allowed')
    ? await db
        .selectFrom('blocklist_allowed')
        .select(['entry', 'actor', 'reason', 'resolved'])
        .where('host_id', '=', hostId)
        .execute()
    : [];
  const byEntry = new Map(
    rows.flatMap((row) => [row.entry, ...resolvedOf(row.resolved)].map((entry) => [entry, row] as const)),
  );
  return met.map(({ entry, meets, kind, without }) => {
    const row = kind === 'allowed' ? byEntry.get(without) : undefined;
    return { entry, meets, owner: row?.actor ?? null, reason: row?.reason ?? null };
  });
}

const addresses = z.array(z.string());
const resolvedOf = (resolved: string | null): string[] =>
  resolved === null ? [] : addresses.parse(JSON.parse(resolved));
