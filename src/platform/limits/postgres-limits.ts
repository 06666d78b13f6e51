/** Limits that all instances share in PostgreSQL, where there is no Redis: one statement a take. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../db/schema.ts';
import { minuteMs, tokenSlack, triesKeptMs, type LimitPolicy, type LimitStore } from './limit.ts';

/** ms by the clock of PostgreSQL, at this very moment: the clocks of the instances do not matter. */
const clock = sql`(extract(epoch FROM clock_timestamp()) * 1000)::float8`;

export function createPostgresLimits({
  policy,
  db,
}: {
  policy: LimitPolicy;
  db: Kysely<Database>;
}): LimitStore {
  const { name, perMinute, waitsMs } = policy;
  const step = sql`${minuteMs / perMinute}::float8`;
  const waits = sql`${waitsMs}::float8[]`;
  const counted = waitsMs.length > 1 ? 1 : 0;
  const keyOf = (key: string): string => `${name}:${key}`;
  return {
    /**
     * `takeFrom` in SQL. Whoever finds the row waits for the one before and then calculates with what that one left.
     * `answer` holds tokens as a positive, a wait in ms as a negative number.
     */
    async take(key, wanted) {
      const most = Math.min(wanted, perMinute);
      const { rows } = await sql<{ answer: number }>`
        INSERT INTO shared_limits AS held (key, full_at, tries, tried_at, answer)
        VALUES (${keyOf(key)}, ${clock} + ${most}::int * ${step}, ${counted}::int, ${clock}, ${most}::int)
        ON CONFLICT (key) DO UPDATE SET (full_at, tries, tried_at, answer) = (
          SELECT full_at + granted * ${step},
            CASE WHEN granted > 0 THEN tries + ${counted}::int ELSE tries END,
            CASE WHEN granted > 0 THEN time ELSE tried_at END,
            CASE WHEN granted > 0 THEN granted ELSE -greatest(1, round(wait)) END
          FROM (
            SELECT *,
              CASE WHEN ready_at > time THEN 0
                ELSE greatest(0, least(${wanted}::int, floor((time + ${minuteMs}::int - full_at) / ${step}
                  + ${tokenSlack}::float8))) END AS granted,
              CASE WHEN ready_at > time THEN ready_at - time
                ELSE full_at + ${step} - ${minuteMs}::int - time END AS wait
            FROM (
              SELECT *, tried_at + (${waits})[1 + least(tries, ${waitsMs.length - 1}::int)] AS ready_at
              FROM (
                SELECT time, greatest(time, least(held.full_at, time + ${minuteMs}::int)) AS full_at,
                  least(held.tried_at, time) AS tried_at,
                  CASE WHEN time - held.tried_at > ${triesKeptMs}::int THEN 0 ELSE held.tries END AS tries
                FROM (SELECT ${clock} AS time) AS moment
              ) AS known
            ) AS judged
          ) AS taken
        )
        RETURNING answer`.execute(db);
      const answer = Number(rows[0]?.answer);
      return answer > 0 ? { granted: answer, waitMs: 0 } : { granted: 0, waitMs: -answer };
    },
    async forget(key) {
      await db.deleteFrom('shared_limits').where('key', '=', keyOf(key)).execute();
    },
    async sweep() {
      const gone = await sql`DELETE FROM shared_limits WHERE key LIKE ${`${name}:%`} AND full_at <= ${clock}
        AND (tries = 0 OR tried_at < ${clock} - ${triesKeptMs}::int)`.execute(db);
      return Number(gone.numAffectedRows ?? 0);
    },
  };
}
