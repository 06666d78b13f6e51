/** How completely fail2ban is followed: by the writer that runs here, or as the one elsewhere last wrote it. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../../base/clock.ts';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import type { Database } from '../../../platform/db/schema.ts';
import type { Geo } from '../../../platform/geo/geo.ts';
import type { Mount } from '../../../platform/http/mount.ts';
import { historyState } from '../contract.ts';
import { timeOfId } from '../history-id.ts';
import type { Progress } from './messages.ts';
import { readState, stateKinds } from './state-rows.ts';

type State = EndpointOutput<typeof historyState>;

interface StateDeps {
  db: Kysely<Database>;
  hostId: string;
  /** Of the writer that runs here, null when none does. */
  progress: () => Progress | null;
  geo: Pick<Geo, 'dates'>;
  retentionDays: number;
  now: Clock;
}

/** Without a sign of life for so long, the writer elsewhere is gone or stuck. */
const silenceMs = 20_000;

export function mountHistoryState({ mount, ...deps }: StateDeps & { mount: Mount }): void {
  const elsewhere = createElsewhere(deps);
  mount(historyState, async () => {
    const { db, hostId, geo, retentionDays } = deps;
    const progress = deps.progress();
    const oldest = db.selectFrom('history').select('id').where('host_id', '=', hostId).orderBy('id').limit(1);
    const first = await oldest.executeTakeFirst();
    return {
      ...(progress === null ? await elsewhere() : shown(progress)),
      events: progress?.events ?? (await readState(db, hostId, stateKinds.events)) ?? 0,
      since: first === undefined ? null : new Date(timeOfId(Number(first.id))).toISOString(),
      retention_days: retentionDays,
      geo: geo.dates().map(({ kind, date, bundled }) => ({ kind, date: instant(date), bundled })),
    };
  });
}

type Followed = Pick<State, 'state' | 'read' | 'of' | 'as_of' | 'limits'>;

const shown = ({
  state,
  read,
  of,
  asOf,
  limits,
}: Pick<Progress, 'state' | 'read' | 'of' | 'asOf' | 'limits'>): Followed => ({
  state,
  read,
  of: state === 'seeding' ? of : null,
  as_of: instant(asOf),
  limits,
});

/** The other instance's clock may differ: that its sign changes is what counts, by our own. */
function createElsewhere({ db, hostId, now }: StateDeps): () => Promise<Followed> {
  let life = { sign: -1, at: now() };
  return async () => {
    const row = await readState(db, hostId, stateKinds.progress);
    if (row === null) return { state: 'waiting', read: 0, of: null, as_of: null, limits: [] };
    if (row.sign !== life.sign) life = { sign: row.sign, at: now() };
    const silent = now() - Math.max(life.at, Math.min(row.sign, now())) > silenceMs;
    return { ...shown(row), ...(silent ? { state: 'paused' as const } : {}) };
  };
}

const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
