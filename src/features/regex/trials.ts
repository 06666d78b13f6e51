/** Trials under a number that can be passed on. */
import type { Kysely, Selectable } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import { conflict, notFound } from '../../base/errors.ts';
import type { Database } from '../../platform/db/schema.ts';
import { changeTrial, type listTrials, type readTrial, type saveTrial } from './trials-contract.ts';

interface TrialsDeps {
  db: Kysely<Database>;
  hostId: string;
  now: Clock;
}

type Body = EndpointInput<typeof saveTrial>['body'];
type Row = Selectable<Database['lab_trials']>;

const most = 1_000;

export function createTrials({ db, hostId, now }: TrialsDeps) {
  const find = async (id: number): Promise<Row> => {
    const row = await db
      .selectFrom('lab_trials')
      .selectAll()
      .where('host_id', '=', hostId)
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) throw notFound('There is no trial of this number.');
    return row;
  };

  return {
    async list(): Promise<EndpointOutput<typeof listTrials>> {
      const rows = await db
        .selectFrom('lab_trials')
        .selectAll()
        .where('host_id', '=', hostId)
        .orderBy('id', 'desc')
        .limit(most)
        .execute();
      return { items: rows.map(head), next_cursor: null, total: rows.length };
    },
    async read(id: number): Promise<EndpointOutput<typeof readTrial>> {
      const row = await find(id);
      return { ...head(row), content: contentOf(row) };
    },
    async save(body: Body, actor: string): Promise<EndpointOutput<typeof saveTrial>> {
      const { count } = await db
        .selectFrom('lab_trials')
        .select(({ fn }) => fn.countAll<number | string>().as('count'))
        .where('host_id', '=', hostId)
        .executeTakeFirstOrThrow();
      if (Number(count) >= most)
        throw conflict('too_many_trials', `There are ${most} trials. Delete one first.`);
      const at = now();
      const row = await db
        .insertInto('lab_trials')
        .values({ host_id: hostId, actor, created_at: at, changed_at: at, ...written(body) })
        .returningAll()
        .executeTakeFirstOrThrow();
      return head(row);
    },
    async change(id: number, body: Body): Promise<EndpointOutput<typeof changeTrial>> {
      await find(id);
      const row = await db
        .updateTable('lab_trials')
        .set({ changed_at: now(), ...written(body) })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      return head(row);
    },
    async remove(id: number): Promise<undefined> {
      await find(id);
      await db.deleteFrom('lab_trials').where('id', '=', id).execute();
    },
  };
}

const written = (body: Body) => ({ name: body.name, trial: JSON.stringify(body) });

const contentOf = (row: Row): Body => changeTrial.body.parse(JSON.parse(row.trial));

function head(row: Row): EndpointOutput<typeof saveTrial> {
  return {
    id: Number(row.id),
    name: row.name,
    actor: row.actor,
    created_at: new Date(Number(row.created_at)).toISOString(),
    changed_at: new Date(Number(row.changed_at)).toISOString(),
    jail: contentOf(row).jail ?? null,
  };
}
