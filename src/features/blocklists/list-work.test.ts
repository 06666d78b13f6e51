/** The thread that works on lists: jobs in turn, progress, and what becomes of one that is stopped. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ReadCounts, ReadJob } from './list-jobs.ts';
import { createListWork, type ListWork } from './list-work.ts';
import { readSetFile } from './set-file.ts';

let folder = '';
const open: ListWork[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bangui-work-'));
});
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));
afterAll(() => rm(folder, { recursive: true }));

function work(): ListWork {
  const created = createListWork();
  open.push(created);
  return created;
}

async function job(name: string, lines: number): Promise<ReadJob> {
  const file = join(folder, name);
  const text = Array.from(
    { length: lines },
    (_, n) => `${11 + (n >> 22)}.${(n >> 14) & 255}.${(n >> 6) & 255}.${(n & 63) * 4}`,
  );
  await writeFile(file, `${text.join('\n')}\n`);
  return {
    file,
    format: { kind: 'auto' },
    setFile: join(folder, `${name}.set`),
    previous: null,
    maxBytes: 2 ** 28,
  };
}

const quiet = (signal = new AbortController().signal): Parameters<ListWork['read']>[1] => ({
  signal,
  onProgress: () => {},
});

describe('the work on lists', () => {
  test('reads and combines, one job after the other, and tells how far it is', async () => {
    const lists = work();
    const told: ReadCounts[] = [];
    const read = await job('one', 400_000);
    const reading = lists.read(read, { ...quiet(), onProgress: (counts) => void told.push(counts) });
    const combining = lists.combine(
      { sets: [{ sourceId: 7, file: read.setFile }], without: [], into: join(folder, 'out.ipset'), id: 'x' },
      quiet().signal,
    );
    expect((await reading).sizes).toEqual({ v4Addresses: 400_000, v4Entries: 400_000, v6Entries: 0 });
    expect(await combining).toMatchObject({ v4Entries: 400_000, metTotal: { 7: 0 } });
    expect(told.at(-1)).toEqual({ lines: 400_000, valid: 400_000, invalid: 0 });
    expect(told.map(({ lines }) => lines)).toEqual(told.map(({ lines }) => lines).toSorted((a, b) => a - b));
  });

  test('says what is wrong with a list, and goes on with the next', async () => {
    const lists = work();
    const bad = await job('bad', 10);
    await writeFile(bad.file, '["1.2.3.4"');
    await expect(lists.read(bad, quiet())).rejects.toMatchObject({ status: 422, code: 'list_json_broken' });
    const { counts } = await lists.read(await job('good', 10), quiet());
    expect(counts.valid).toBe(10);
  });

  test('leaves nothing behind of a job that is aborted, and does the next', async () => {
    const lists = work();
    const stopped = new AbortController();
    const long = await job('long', 1_000_000);
    const reason = new Error('cancelled');
    const reading = lists.read(long, { signal: stopped.signal, onProgress: () => stopped.abort(reason) });
    const waiting = lists.read(await job('next', 10), quiet());
    await expect(reading).rejects.toBe(reason);
    expect((await waiting).counts.valid).toBe(10);
    expect((await readdir(folder)).filter((name) => name.startsWith('long'))).toEqual(['long']);
    await expect(lists.read(long, quiet(AbortSignal.abort(reason)))).rejects.toBe(reason);
  });

  test('fails a job whose thread dies, and begins another thread for the next', async () => {
    const lists = work();
    const lost = { ...(await job('lost', 10)), file: join(folder, 'nowhere') };
    await expect(lists.read(lost, quiet())).rejects.toMatchObject({ status: 500, code: 'list_work_failed' });
    const good = await job('after', 10);
    expect((await lists.read(good, quiet())).counts.valid).toBe(10);
    expect((await readSetFile(good.setFile)).v4).toHaveLength(20);
  });

  test('takes nothing more once closed', async () => {
    const lists = work();
    const one = await job('closed', 10);
    expect((await lists.read(one, quiet())).counts.valid).toBe(10);
    await lists.close();
    await expect(lists.read(one, quiet())).rejects.toThrow('the work on lists is over');
  });
});
