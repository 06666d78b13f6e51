/** How many attackers of the last day each list holds: a job that counts them anew every ten minutes. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Job } from '../../platform/jobs/job.ts';
import { attackersSince } from './attackers.ts';
import type { ListWork } from './list-work.ts';

interface HitsDeps {
  db: Kysely<Database>;
  /** Reads off the main thread. */
  readDb: Kysely<Database>;
  hostId: string;
  work: Pick<ListWork, 'find'>;
  /** Path of a set file by its name in the source's row. */
  setFile: (name: string) => string;
  now: Clock;
}

const everyMs = 10 * 60_000;
const dayMs = 86_400_000;

/** Of every list that was read, also of those switched off: what they would have held. Written to `blocklist_sources.hits`. */
export function listHitsJob({ db, readDb, hostId, work, setFile, now }: HitsDeps): Job {
  return {
    name: 'blocklist_list_hits',
    everyMs,
    async run({ signal, fence }) {
      const sources = await db
        .selectFrom('blocklist_sources')
        .select(['id', 'set_file', 'hits'])
        .where('host_id', '=', hostId)
        .execute();
      const read = sources.flatMap(({ id, set_file: file, hits }) =>
        file === null ? [] : [{ id, file, before: hits, hits: 0 }],
      );
      if (read.length === 0) return { changed: 0 };
      const files = read.map(({ file }) => setFile(file));
      for await (const page of attackersSince({ db: readDb, hostId }, now() - dayMs)) {
        const held = await work.find({ files, addresses: page.map(({ ip }) => ip) }, signal);
        for (const [index, one] of read.entries()) one.hits += held[index]?.length ?? 0;
      }
      const changed = read.filter(({ before, hits }) => before !== hits);
      if (changed.length > 0) {
        await fence.write(async (transaction) => {
          for (const { id, file, hits } of changed)
            await transaction
              .updateTable('blocklist_sources')
              .set({ hits })
              .where('id', '=', id)
              // counted of another version than it has now: the next run counts again
              .where('set_file', '=', file)
              .execute();
        });
      }
      return { changed: changed.length };
    },
  };
}
