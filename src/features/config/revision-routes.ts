/** The endpoints of revisions: what was changed, by whom and why, and bringing it back. */
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { EndpointOutput } from '../../base/endpoint.ts';
import { conflict, invalidInput, notFound } from '../../base/errors.ts';
import { bytesOf, fileNow, hashOf } from '../../host/config/file-now.ts';
import type { Database } from '../../platform/db/schema.ts';
import * as contract from './contract.ts';
import * as revisionsContract from './revisions-contract.ts';
import { unifiedDiff } from './diff.ts';
import { change, type ChangeRoutesDeps } from './file-routes.ts';
import { fileAt, mentioning, readFiles, toJournal } from './stored-files.ts';

export interface RevisionRoutesDeps extends ChangeRoutesDeps {
  db: Kysely<Database>;
  hostId: string;
}

type Row = Selectable<Database['config_revisions']>;

export function revisionRoutes(deps: RevisionRoutesDeps): void {
  const { mount, db, hostId, configDir } = deps;
  const revisions = () => db.selectFrom('config_revisions').where('host_id', '=', hostId).selectAll();
  const find = async (id: number): Promise<Row> => {
    const row = await revisions().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw notFound('There is no revision of this number.');
    return row;
  };

  mount(revisionsContract.listRevisions, async ({ query }) => {
    let wanted = revisions()
      .orderBy('id', 'desc')
      .limit(query.page_size + 1);
    if (query.cursor !== undefined) wanted = wanted.where('id', '<', readCursor(query.cursor));
    if (query.path !== undefined) {
      const file = fileAt(query.path);
      if (file === null) return { items: [], next_cursor: null };
      wanted = wanted.where('files', 'like', mentioning(file));
    }
    const rows = await wanted.execute();
    const page = rows.slice(0, query.page_size);
    const more = rows.length > page.length;
    // `like` has wildcards of its own, and no case in SQLite.
    const isMeant = ({ files }: ReturnType<typeof head>): boolean =>
      query.path === undefined || files.some(({ path }) => path === query.path);
    return { items: page.map(head).filter(isMeant), next_cursor: more ? String(page.at(-1)?.id) : null };
  });

  mount(revisionsContract.readRevision, async ({ params }) => {
    const row = await find(params.id);
    const files = readFiles(row.files);
    const diff = files.map((one) => unifiedDiff(toJournal(one).file.path, one.before, one.after)).join('');
    const contents = files.map(({ kind, name, before, after }) => ({ kind, name, before, after }));
    return { ...head(row), diff, contents, steps: z.array(contract.step).parse(JSON.parse(row.steps)) };
  });

  mount(revisionsContract.restoreRevision, async ({ params, body }, call) => {
    const row = await find(params.id);
    if (row.result === 'pending')
      throw conflict('config_change_under_way', 'This change is still under way.');
    const files = await Promise.all(
      readFiles(row.files)
        .map(toJournal)
        .map(async ({ file, before, after }) => {
          const now = await fileNow(configDir, file);
          const content = body?.before === true ? (before?.text ?? null) : after;
          return { file, before: now === null ? null : hashOf(bytesOf(now)), content };
        }),
    );
    const reason = body?.reason ?? null;
    return await change(deps, call, { files, action: 'restore', reason, restores: row.id });
  });
}

function head(row: Row): EndpointOutput<typeof revisionsContract.listRevisions>['items'][number] {
  const { id, at, actor, reason, action, result, restores, files } = row;
  return {
    ...said.parse({ action, result }),
    id,
    at: new Date(at).toISOString(),
    actor,
    reason,
    restores,
    files: readFiles(files).map((one) => {
      const { kind, name, added, removed } = one;
      return { kind, name, path: toJournal(one).file.path, added, removed };
    }),
  };
}

const said = revisionsContract.readRevision.output.pick({ action: true, result: true });

function readCursor(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw invalidInput('This cursor belongs to another list. Read the list again from its start.', [
    { field: 'query.cursor', message: 'No cursor of this list' },
  ]);
}
