/** How many attackers of the last day each list holds. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { row, temporaryDatabaseWithHistory, type TemporaryHistory } from '../../../test/history-store.ts';
import { parseAddress } from '../../base/address.ts';
import { fromAddresses } from '../../base/address-set/address-set.ts';
import { listHitsJob } from './list-hits.ts';
import { createListWork, type ListWork } from './list-work.ts';
import { writeSetFile } from './set-file.ts';

const now = Date.UTC(2026, 10, 28, 20);
const hour = 3_600_000;
let history: TemporaryHistory;
let work: ListWork;
let dir: string;

beforeAll(async () => {
  history = await temporaryDatabaseWithHistory();
  work = createListWork();
  dir = await mkdtemp(join(tmpdir(), 'bangui-hits-'));
});
afterAll(async () => {
  await work.close();
  await history.close();
  await rm(dir, { recursive: true });
});

const write = (name: string, ...entries: string[]) =>
  writeSetFile(join(dir, name), fromAddresses(entries.flatMap((text) => parseAddress(text) ?? [])));
const add = (name: string, enabled: number, file: string | null) =>
  history.db
    .insertInto('blocklist_sources')
    .values({
      host_id: 'local',
      name,
      url: null,
      format: '{"kind":"lines"}',
      enabled,
      schedule: null,
      next_run_at: null,
      created_at: now,
      changed_at: now,
      set_file: file,
    })
    .execute();
const hits = async () => {
  const rows = await history.db
    .selectFrom('blocklist_sources')
    .select(['name', 'hits'])
    .orderBy('name')
    .execute();
  return Object.fromEntries(rows.map(({ name, hits: count }) => [name, count]));
};
const { signal } = new AbortController();
const count = () => {
  const { db, fence } = history;
  const job = listHitsJob({
    db,
    readDb: db,
    hostId: 'local',
    work,
    setFile: (name) => join(dir, name),
    now: () => now,
  });
  return job.run({ signal, ending: signal, fence });
};

test('lists switched off are counted as well, lists never read are not; the same again writes nothing', async () => {
  await write('a.set', '45.1.1.0/24', '2a02:6b8::/64');
  await write('b.set', '45.1.1.2');
  await add('a', 1, 'a.set');
  await add('b', 0, 'b.set');
  await add('new', 1, null);
  expect(await count()).toEqual({ changed: 2 });
  expect(await hits()).toEqual({ a: 0, b: 0, new: null });
  const at = now / 1000;
  await history.append(
    row(at - 3_600, { ip: '45.1.1.1' }),
    row(at - 1_800, { ip: '45.1.1.1' }),
    row(at - 3_600, { ip: '45.1.1.2', origin: 'manual', actor: 'marta' }),
    row(at - 3_600, { ip: '2a02:6b8::9' }),
    row(at - 3_600, { ip: '45.1.1.5', origin: 'blocklist', jail: 'blocklist-import' }),
    row(at - (25 * hour) / 1000, { ip: '45.1.1.6' }),
    row(at - 3_600, { ip: '45.2.1.1' }),
  );
  expect(await count()).toEqual({ changed: 2 });
  expect(await hits()).toEqual({ a: 3, b: 1, new: null });
  expect(await count()).toEqual({ changed: 0 });
});
