/** Which lists hold an address, by the files that they were read into. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { parseAddress, type Address } from '../../base/address.ts';
import { fromAddresses } from '../../base/address-set/address-set.ts';
import { createHolding } from './holding.ts';
import type { Without } from './list-jobs.ts';
import { writeSetFile } from './set-file.ts';
import { findLists } from './which-lists.ts';

let database: TemporaryDatabase;
let dir: string;
beforeAll(async () => {
  database = await temporaryDatabase();
  dir = await mkdtemp(join(tmpdir(), 'bangui-holding-'));
});
afterEach(() => database.db.deleteFrom('blocklist_sources').execute());
afterAll(async () => {
  await database.close();
  await rm(dir, { recursive: true });
});

const parsed = (texts: readonly string[]): Address[] => texts.flatMap((text) => parseAddress(text) ?? []);
const write = (name: string, ...entries: string[]) =>
  writeSetFile(join(dir, name), fromAddresses(parsed(entries)));
async function add(name: string, enabled: boolean, ...entries: string[]): Promise<number> {
  await write(`${name}.set`, ...entries);
  const source = await database.db
    .insertInto('blocklist_sources')
    .values({
      host_id: 'local',
      name,
      url: null,
      format: '{"kind":"lines"}',
      enabled: enabled ? 1 : 0,
      schedule: null,
      next_run_at: null,
      created_at: 1,
      changed_at: 1,
      set_file: entries.length === 0 ? null : `${name}.set`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return source.id;
}
const holding = (setFile = (name: string): string => join(dir, name)) =>
  createHolding({ db: database.db, hostId: 'local', setFile });
const lists = (text: string) => Promise.all(parsed([text]).map((address) => holding().lists(address)));
const find = (ip: string, { without = [], loaded = true }: { without?: Without[]; loaded?: boolean } = {}) =>
  findLists({ holding: holding(), without: async () => without, isLoaded: async () => loaded }, ip);
const office = (entry: string): Without[] =>
  parsed([entry]).map((one) => ({ entry: one, kind: 'allowed', meets: `${one} (office, marta)` }));

test('each list is named with the entry that holds it, also one switched off; one never read is not', async () => {
  const kites = await add('Kites', true, '45.1.1.0/24', '2a02:6b8::/48');
  const drop = await add('Drop', false, '45.1.0.0/16');
  await add('New', true);
  expect(await lists('45.1.1.9')).toEqual([
    [
      { source_id: drop, name: 'Drop', enabled: false, entry: '45.1.0.0/16' },
      { source_id: kites, name: 'Kites', enabled: true, entry: '45.1.1.0/24' },
    ],
  ]);
  expect(await lists('2a02:6b8::5')).toEqual([[expect.objectContaining({ entry: '2a02:6b8::/48' })]]);
  expect(await lists('45.2.0.1')).toEqual([[]]);
  // a part of a network
  expect(await lists('45.0.0.0/8')).toEqual([
    [expect.objectContaining({ name: 'Drop' }), expect.objectContaining({ name: 'Kites' })],
  ]);
});

test('in force is what an enabled list holds, nothing lets through, and the kernel has', async () => {
  await add('Kites', true, '45.1.1.0/24');
  await add('Drop', false, '45.7.7.7');
  expect(await find('45.1.1.9')).toMatchObject({ allowed: null, in_force: true });
  expect(await find('45.1.1.9', { loaded: false })).toMatchObject({ in_force: false });
  expect(await find('45.7.7.7')).toMatchObject({ items: [{ name: 'Drop' }], in_force: false });
  expect(await find('45.1.1.9', { without: office('45.1.1.0/28') })).toMatchObject({
    allowed: '45.1.1.0/28 (office, marta)',
    in_force: false,
  });
  // of the network a part stays
  expect(await find('45.1.1.0/24', { without: office('45.1.1.7') })).toMatchObject({
    allowed: '45.1.1.7 (office, marta)',
    in_force: true,
  });
  await expect(find('nowhere')).rejects.toMatchObject({ status: 422 });
});

test('a version that is replaced while it is looked up is no error', async () => {
  await add('Kites', true, '45.1.1.0/24');
  await rename(join(dir, 'Kites.set'), join(dir, 'Kites-2.set'));
  let asked = 0;
  const setFile = (name: string): string => join(dir, asked++ === 0 ? name : 'Kites-2.set');
  const found = await Promise.all(parsed(['45.1.1.9']).map((address) => holding(setFile).lists(address)));
  expect(found).toMatchObject([[{ name: 'Kites' }]]);
});

test('a file that is no set file is told, not taken for an empty list', async () => {
  await add('Kites', true, '45.1.1.0/24');
  await writeFile(join(dir, 'Kites.set'), '45.1.1.9\n');
  await expect(lists('45.1.1.9')).rejects.toMatchObject({ status: 503, code: 'blocklist_unreadable' });
});
