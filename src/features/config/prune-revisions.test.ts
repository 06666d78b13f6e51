/** Which revisions are kept, on either database. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { parseConfigFile } from '../../host/config/parse-config-file.ts';
import { pruneRevisions } from './prune-revisions.ts';
import { storeFiles } from './stored-files.ts';

let database: TemporaryDatabase;
beforeEach(async () => {
  database = await temporaryDatabase();
});
afterEach(() => database.close());

interface Made {
  at: number;
  files: readonly string[];
  result?: string;
  host?: string;
}

/** A change of files in `jail.d`; answers its number. */
async function made({ at, files, result = 'applied', host = 'local' }: Made): Promise<number> {
  const stored = files.map((name) => ({
    file: parseConfigFile('jail', name) ?? expect.fail(name),
    before: null,
    after: `# ${at}\n`,
  }));
  const row = await database.db
    .insertInto('config_revisions')
    .values({
      host_id: host,
      at,
      actor: 'admin',
      reason: null,
      action: 'write',
      result,
      files: storeFiles(stored),
      steps: '[]',
      restores: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return Number(row.id);
}
const prune = (before: number) =>
  pruneRevisions({ db: database.db, hostId: 'local' }, database.fence(), before);
const left = async () =>
  (await database.db.selectFrom('config_revisions').select('id').orderBy('id').execute()).map(({ id }) =>
    Number(id),
  );

test('young ones all stay, and of the old ones the last 20 changes of each file', async () => {
  const old: number[] = [];
  for (let at = 1; at <= 30; at++) old.push(await made({ at, files: ['web.local'] }));
  const other = await made({ at: 31, files: ['sshd.local'] });
  const young: number[] = [];
  for (let at = 100; at < 125; at++) young.push(await made({ at, files: ['young.local'] }));
  expect(await prune(100)).toBe(10);
  expect(await left()).toEqual([...old.slice(10), other, ...young]);
  expect(await prune(100)).toBe(0);
});

test('young changes count among the 20, refused ones do not, but the newest word on a file stays', async () => {
  const old = await made({ at: 1, files: ['web.local'] });
  await made({ at: 2, files: ['web.local'], result: 'refused' });
  const young: number[] = [];
  for (let at = 100; at < 119; at++) young.push(await made({ at, files: ['web.local'] }));
  const refused = await made({ at: 3, files: ['new.local'], result: 'refused' });
  expect(await prune(100)).toBe(1);
  expect(await left()).toEqual([old, ...young, refused]);
  young.push(await made({ at: 119, files: ['web.local'] }));
  expect(await prune(100)).toBe(1);
  expect(await left()).toEqual([...young.slice(0, -1), refused, young.at(-1)]);
});

test('a change of several files stays for any of them; one under way and other hosts are left alone', async () => {
  const both = await made({ at: 1, files: ['web.local', 'rare.local'] });
  const pending = await made({ at: 2, files: ['web.local'], result: 'pending' });
  const elsewhere = await made({ at: 2, files: ['web.local'], host: 'other' });
  await made({ at: 3, files: ['web.local'] });
  const last: number[] = [];
  for (let at = 4; at < 24; at++) last.push(await made({ at, files: ['web.local'] }));
  expect(await prune(100)).toBe(1);
  expect(await left()).toEqual([both, pending, elsewhere, ...last]);
});
