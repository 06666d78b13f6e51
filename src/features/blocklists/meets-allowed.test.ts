/** That a list holds what must never be blocked is told once, and again when it changes. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { silentLog, type LogFields } from '../../base/log.ts';
import { createAudit } from '../../platform/audit.ts';
import { createMeetsAlert, type Met } from './meets-allowed.ts';

let database: TemporaryDatabase;
let logged: LogFields[] = [];
beforeAll(async () => {
  database = await temporaryDatabase();
});
afterEach(async () => {
  logged = [];
  await database.db.deleteFrom('audit').execute();
});
afterAll(() => database.close());

const names = new Map([
  [1, 'Kites'],
  [2, 'Drop'],
]);
const office = (sourceId: number, entry: string): Met['met'][number] => ({
  sourceId,
  entry,
  kind: 'allowed',
  meets: '192.0.2.10 (office, marta)',
});
const met = (...entries: Met['met']): Met => ({
  met: entries,
  metTotal: Object.fromEntries(
    [1, 2].map((id) => [id, entries.filter(({ sourceId }) => sourceId === id).length]),
  ),
});
const tell = (before: Met | null, after: Met) =>
  createMeetsAlert({
    hostId: 'local',
    audit: createAudit({ db: database.db, now: () => 5 }),
    log: { ...silentLog, warn: (event, fields = {}) => logged.push({ event, ...fields }) },
  })(before, after, names);

test('at first it is told of each list, in the log and to the audit', async () => {
  await tell(null, met(office(1, '192.0.2.0/24'), office(1, '192.0.2.10'), office(2, '192.0.2.10')));
  expect(logged).toEqual([
    {
      event: 'blocklist_meets_allowed',
      source: 'Kites',
      source_id: 1,
      total: 2,
      examples: [
        { entry: '192.0.2.0/24', meets: '192.0.2.10 (office, marta)' },
        { entry: '192.0.2.10', meets: '192.0.2.10 (office, marta)' },
      ],
    },
    expect.objectContaining({ source: 'Drop', total: 1 }),
  ]);
  const rows = await database.db.selectFrom('audit').selectAll().orderBy('id').execute();
  expect(rows.map(({ action, target }) => [action, target])).toEqual([
    ['blocklists.meets_allowed', 'Kites'],
    ['blocklists.meets_allowed', 'Drop'],
  ]);
});

test('the same again is no news, less is none either, and what is new is', async () => {
  const before = met(office(1, '192.0.2.10'), office(2, '192.0.2.10'));
  await tell(before, before);
  await tell(before, met(office(2, '192.0.2.10')));
  await tell(before, met());
  expect(logged).toEqual([]);
  await tell(before, met(office(1, '192.0.2.0/25'), office(2, '192.0.2.10')));
  expect(logged).toMatchObject([{ source: 'Kites', examples: [{ entry: '192.0.2.0/25' }] }]);
});

test('more of them than are listed are news by their number; at most five examples are told', async () => {
  const many = met(...Array.from({ length: 30 }, (_, n) => office(1, `192.0.2.${n}`)));
  await tell(null, many);
  expect(logged).toMatchObject([{ total: 30 }]);
  expect(logged[0]?.['examples']).toHaveLength(5);
  await tell(many, { ...many, metTotal: { 1: 31 } });
  expect(logged[1]).toMatchObject({ total: 31, examples: [] });
});
