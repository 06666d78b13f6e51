/** What an instance that stands by says of the mirror that another one runs. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { silentLog } from '../../base/log.ts';
import { createStateRow, type MirrorState } from './mirror-state.ts';

let database: TemporaryDatabase;
let time = 0;
beforeEach(async () => {
  database = await temporaryDatabase();
  time = 1_700_000_000_000;
});
afterEach(() => database.close());

const current: MirrorState = {
  state: 'current',
  bans: 5,
  asOf: 1_699_999_999_000,
  limits: ['It cannot read the log.'],
};
/** `ahead` ms the clock of that instance is ahead. */
const instance = (ahead = 0, db = database.db) =>
  createStateRow({ db, hostId: 'local', now: () => time + ahead, log: silentLog });
const written = async () =>
  (await database.db.selectFrom('mirror_state').select('written_at').executeTakeFirst())?.written_at;

test('before anybody ran it, it is starting; then as the one that runs it says', async () => {
  const [runs, stands] = [instance(), instance()];
  await stands.read();
  expect(stands.seen()).toEqual({ state: 'starting', bans: 0, asOf: null, limits: [] });
  await runs.write(database.fence(), current);
  await stands.read();
  expect(stands.seen()).toEqual(current);
  await runs.write(database.fence(), { ...current, state: 'paused', asOf: null });
  await stands.read();
  expect(stands.seen()).toEqual({ ...current, state: 'paused', asOf: null });
});

test('it is written when it changed, and every few seconds as a sign of life', async () => {
  const runs = instance();
  await runs.write(database.fence(), current);
  time += 4_000;
  await runs.write(database.fence(), { ...current });
  expect(await written()).toBe(time - 4_000);
  await runs.write(database.fence(), { ...current, bans: 6 });
  expect(await written()).toBe(time);
  time += 5_000;
  await runs.write(database.fence(), { ...current, bans: 6 });
  expect(await written()).toBe(time);
});

test.each([0, 3_600_000, -3_600_000])(
  'without a sign of life it stands still, whatever the clocks say (%i ms)',
  async (ahead) => {
    const [runs, stands] = [instance(ahead), instance()];
    for (let i = 0; i < 6; i++) {
      await runs.write(database.fence(), current);
      await stands.read();
      expect(stands.seen().state).toBe('current');
      time += 5_000;
    }
    time += 16_000;
    await stands.read();
    expect(stands.seen()).toEqual({ ...current, state: 'paused' });
    await runs.write(database.fence(), current);
    await stands.read();
    expect(stands.seen()).toEqual(current);
  },
);

test('a database that cannot be asked is not the end: what was seen last stands', async () => {
  const other = await temporaryDatabase();
  const stands = instance(0, other.db);
  await instance(0, other.db).write(other.fence(), current);
  await stands.read();
  await other.close();
  await stands.read();
  await stands.write(other.fence(), current);
  expect(stands.seen()).toEqual(current);
});
