/** How the mirror is, as a row: written by the instance that runs it, read by those that do not. */
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Fence } from '../../platform/lock/fence.ts';

export interface MirrorState {
  /** starting: before fail2ban's first answer · filling: first full look · paused: nobody keeps the list current. */
  state: 'starting' | 'filling' | 'current' | 'paused';
  bans: number;
  /** ms; what is shown was true then. Null before the first full look. */
  asOf: number | null;
  limits: string[];
}

export interface StateRow {
  /** Writes when something changed, and a sign of life every few seconds. Never throws. */
  write(fence: Fence, state: MirrorState): Promise<void>;
  /** Reads what another instance wrote. Never throws. */
  read(): Promise<void>;
  /** As last read. */
  seen(): MirrorState;
}

const lifeEveryMs = 5_000;
/** Without a sign of life for so long, the instance that ran the mirror is gone or stuck. */
const silenceMs = 20_000;

const stored = z.object({
  state: z.enum(['starting', 'filling', 'current', 'paused']).catch('paused'),
  bans: z.coerce.number(),
  as_of: z.coerce.number().nullable(),
  limits: z.string(),
  written_at: z.coerce.number(),
});
const sentences = z.array(z.string()).catch([]);

interface StateRowDeps {
  db: Kysely<Database>;
  hostId: string;
  now: Clock;
  log: Log;
}

export function createStateRow({ db, hostId, now, log }: StateRowDeps): StateRow {
  let written = { text: '', at: 0 };
  let seen: MirrorState = { state: 'starting', bans: 0, asOf: null, limits: [] };
  /** The other instance's clock may differ: that its sign changes is what counts, by our own. */
  let life = { sign: -1, at: now() };
  return {
    async write(fence, state) {
      const text = JSON.stringify(state);
      if (text === written.text && now() - written.at < lifeEveryMs) return;
      written = { text, at: now() };
      const row = {
        state: state.state,
        bans: state.bans,
        as_of: state.asOf,
        limits: JSON.stringify(state.limits),
        written_at: now(),
      };
      try {
        await fence.write((transaction) =>
          transaction
            .insertInto('mirror_state')
            .values({ host_id: hostId, ...row })
            .onConflict((conflict) => conflict.column('host_id').doUpdateSet(row))
            .execute(),
        );
      } catch (error) {
        log.warn('mirror_state_not_written', { error });
      }
    },
    async read() {
      try {
        const query = db.selectFrom('mirror_state').selectAll().where('host_id', '=', hostId);
        const row = await query.executeTakeFirst();
        if (row === undefined) return;
        const { written_at: sign, as_of: asOf, limits, state, bans } = stored.parse(row);
        if (sign !== life.sign) life = { sign, at: now() };
        const silent = now() - life.at > silenceMs;
        seen = {
          state: silent ? 'paused' : state,
          bans,
          asOf,
          limits: sentences.parse(JSON.parse(limits)),
        };
      } catch (error) {
        log.warn('mirror_state_not_read', { error });
      }
    },
    seen: () => seen,
  };
}
