/** What of all lists together is in force, as the row of the enforcement remembers it. */
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { listSources } from './contract.ts';
import type { RowsDeps } from './source-rows.ts';

export type EnforcementRow = Selectable<Database['blocklist_enforcement']>;

export const readEnforcementRow = ({ db, hostId }: RowsDeps): Promise<EnforcementRow | undefined> =>
  db.selectFrom('blocklist_enforcement').where('host_id', '=', hostId).selectAll().executeTakeFirst();

const combined = z.object({
  id: z.string(),
  v4_addresses: z.number(),
  v4_entries: z.number(),
  v6_entries: z.number(),
  /** What met something that is never blocked: examples, and how many of each source. */
  met: z.array(
    z.object({
      sourceId: z.number(),
      entry: z.string(),
      kind: z.enum(['own', 'gateway', 'resolver', 'allowed', 'ignored', 'signed_in']),
      meets: z.string(),
    }),
  ),
  met_total: z.record(z.coerce.number(), z.number()),
});
export type Combined = z.output<typeof combined>;

export const combinedOf = ({ combined: text }: Pick<EnforcementRow, 'combined'>): Combined | null =>
  text === null ? null : combined.parse(JSON.parse(text));

/** The rules' counters, which begin at 0 again whenever the rules are made anew. */
const hits = z.object({
  /** As last read. */
  packets: z.number(),
  bytes: z.number(),
  /** What they had counted before they began anew. */
  before: z.object({ packets: z.number(), bytes: z.number() }),
  /** ms. */
  since: z.number(),
  counted_at: z.number(),
});
export type Hits = z.output<typeof hits>;

export const hitsOf = ({ hits: text }: Pick<EnforcementRow, 'hits'>): Hits | null =>
  text === null ? null : hits.parse(JSON.parse(text));

type InForce = Pick<EndpointOutput<typeof listSources>, 'in_force' | 'dropped_packets' | 'dropped_since'>;

export async function readInForce(deps: RowsDeps): Promise<InForce> {
  const row = await readEnforcementRow(deps);
  const sizes = row === undefined ? null : combinedOf(row);
  const counted = row === undefined ? null : hitsOf(row);
  return {
    in_force: {
      v4_addresses: sizes?.v4_addresses ?? 0,
      v4_entries: sizes?.v4_entries ?? 0,
      v6_entries: sizes?.v6_entries ?? 0,
    },
    dropped_packets: counted === null ? null : counted.before.packets + counted.packets,
    dropped_since: counted === null ? null : new Date(counted.since).toISOString(),
  };
}
