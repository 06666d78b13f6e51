/** Sources added, changed and deleted: what is refused, and what follows. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { createAudit } from '../../platform/audit.ts';
import { addSource, changeSource, keepSource, removeSource, type ChangesDeps } from './source-changes.ts';
import { createSource, updateSource } from './contract.ts';
import { noCounts } from './run-rows.ts';
import { readSourceRows } from './source-rows.ts';

const call = { actor: { userId: 1, name: 'marta', role: 'admin' }, client: '192.0.2.1' };
const at = Date.parse('2026-11-28T12:00:00Z');
let database: TemporaryDatabase;
let deps: ChangesDeps;

beforeEach(async () => {
  database = await temporaryDatabase();
  const now = (): number => at;
  deps = {
    db: database.db,
    hostId: 'local',
    audit: createAudit({ db: database.db, now }),
    allowPrivate: false,
    // as the real one, it reads the time zone: inside a transaction it would wait for ever
    async nextRun(schedule, from) {
      await database.db.selectFrom('settings').selectAll().execute();
      return schedule === 'hourly' ? from + 3_600_000 : null;
    },
    now,
  };
});
afterEach(() => database.close());

const add = (body: Record<string, unknown>) => addSource(deps, createSource.body.parse(body), call);
const change = (id: number, body: Record<string, unknown>) =>
  changeSource(deps, { id, body: updateSource.body.parse(body) }, call);
const row = async () => (await readSourceRows(deps))[0];
const runs = () => database.db.selectFrom('blocklist_runs').select(['cause', 'source_id', 'state']).execute();
/** As after a run. */
const read = (id: number) =>
  database.db
    .updateTable('blocklist_sources')
    .set({ set_file: 'x.set', content_hash: 'x', etag: '"1"', entries: 5, next_run_at: at + 1 })
    .where('id', '=', id)
    .execute();

test('a name and a URL belong to one list', async () => {
  await add({ name: 'Kites', url: 'https://lists.example/kites.txt' });
  await expect(add({ name: 'Kites', url: 'https://lists.example/more.txt' })).rejects.toMatchObject({
    code: 'list_name_taken',
  });
  await expect(add({ name: 'Terns', url: 'https://LISTS.example/kites.txt' })).rejects.toMatchObject({
    code: 'list_url_taken',
    status: 409,
  });
  await add({ name: 'Mine', url: null });
  await add({ name: 'Mine too', url: null });
  expect(await readSourceRows(deps)).toHaveLength(3);
});

test('what is no schedule is refused', async () => {
  await expect(
    add({ name: 'Kites', url: 'https://lists.example/a', schedule: 'at noon' }),
  ).rejects.toMatchObject({ status: 422 });
});

test('switched on it is fetched soon, later by its schedule; switched off not by itself', async () => {
  const id = await add({ name: 'Kites', url: 'https://lists.example/a', schedule: 'hourly' });
  expect(await row()).toMatchObject({ enabled: 0, next_run_at: null });
  await change(id, { enabled: true });
  expect(await row()).toMatchObject({ enabled: 1, next_run_at: at });
  await read(id);
  await change(id, { enabled: false });
  expect(await row()).toMatchObject({ enabled: 0, next_run_at: null });
  await change(id, { enabled: true });
  expect(await row()).toMatchObject({ next_run_at: at + 3_600_000 });
  expect(await runs()).toEqual([{ cause: 'change', source_id: null, state: 'queued' }]);
});

test('another format has it read anew, another name does not', async () => {
  const id = await add({ name: 'Kites', url: 'https://lists.example/a', enabled: true });
  await read(id);
  await change(id, { name: 'Terns' });
  expect(await row()).toMatchObject({ name: 'Terns', etag: '"1"', next_run_at: at + 1 });
  await change(id, { format: { kind: 'csv', column: 'ip' } });
  expect(await row()).toMatchObject({ etag: null, content_hash: null, set_file: 'x.set', next_run_at: at });
});

test('deleted: its entries leave force, what was queued of it ends, and the act is written down', async () => {
  const id = await add({ name: 'Kites', url: 'https://lists.example/a', enabled: true });
  await read(id);
  await removeSource(deps, id, call);
  expect(await row()).toBeUndefined();
  expect(await runs()).toEqual([{ cause: 'change', source_id: null, state: 'queued' }]);
  await expect(removeSource(deps, id, call)).rejects.toMatchObject({ status: 404 });
  const acts = await database.db.selectFrom('audit').select(['actor', 'action', 'target']).execute();
  expect(acts).toEqual([
    { actor: 'marta', action: 'blocklists.add', target: 'Kites' },
    { actor: 'marta', action: 'blocklists.delete', target: 'Kites' },
  ]);
});

test('a version that waits can be turned down, once', async () => {
  const id = await add({ name: 'Kites', url: 'https://lists.example/a' });
  await read(id);
  const held = { set_file: 'y.set', content_hash: 'y', etag: null, last_modified: null, counts: noCounts };
  const text = JSON.stringify({ ...held, run_id: 1, reason: 'It shrank.', before: 5, after: 1 });
  await database.db.updateTable('blocklist_sources').set({ held: text }).execute();
  await keepSource(deps, id, call);
  expect(await row()).toMatchObject({ held: null, set_file: 'x.set', entries: 5 });
  await expect(keepSource(deps, id, call)).rejects.toMatchObject({ status: 409, code: 'nothing_held' });
});
