/** Imports: whole or not at all, by schedule and by hand, and equal again after whatever came in between. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lines, slowText, text } from '../../../test/blocklists/list-server.ts';
import { hostId, importScene, type ImportScene } from '../../../test/import-scene.ts';
import { mountSmallDisk } from '../../../test/small-disk.ts';
import { parseAddress, type Address } from '../../base/address.ts';

let scene: ImportScene;
beforeEach(async () => {
  scene = await importScene();
  await scene.install();
});
afterEach(() => scene.close());

const address = (written: string): Address => {
  const parsed = parseAddress(written);
  if (parsed === null) throw new Error(`no address: ${written}`);
  return parsed;
};
const entries = () => [...scene.action.state.entries].toSorted();

test('a list is fetched, read, taken and in force; its run says how', async () => {
  scene.serve(text(`# kites\n20.0.0.1\n20.0.0.0/24\n10.0.0.1\nnonsense\n2606:4700::/32\n`, { etag: '"1"' }));
  const source = await scene.addSource();
  const id = await scene.queue(source);
  expect(await scene.round()).toMatchObject({ completed: 1, failed: 0 });
  expect(await scene.run(id)).toMatchObject({
    state: 'completed',
    error: null,
    steps: [
      { name: 'download', outcome: 'done' },
      { name: 'read', outcome: 'done' },
      { name: 'compare', outcome: 'done' },
      { name: 'combine', outcome: 'done' },
      { name: 'enforce', outcome: 'done' },
    ],
    counts: { lines: 5, invalid: 1, reserved: 1, prefixes: 2, enforced: 2 },
    refusals: expect.arrayContaining([expect.objectContaining({ kind: 'reserved', count: 1 })]),
  });
  expect(entries()).toEqual(['20.0.0.0/24', '2606:4700:0:0:0:0:0:0/32']);
  expect(await scene.source(source.id)).toMatchObject({ entries: 2, etag: '"1"', held: null });
  expect(scene.events.at(-1)).toMatchObject({ type: 'run', run: id, source: source.id, state: 'completed' });
  expect(await readdir(scene.folder.incoming)).toEqual([]);
});

test('unchanged, as the server says or as its content shows, nothing is loaded anew', async () => {
  const source = await scene.addSource();
  scene.serve(text(lines(10), { etag: '"1"' }));
  await scene.queue(source);
  await scene.round();
  const [told] = [await scene.queue(source)];
  await scene.round();
  expect(await scene.run(told)).toMatchObject({ state: 'unchanged', counts: { enforced: 10 } });
  scene.serve(text(lines(10)));
  const same = await scene.queue(source);
  await scene.round();
  expect(await scene.run(same)).toMatchObject({ state: 'unchanged', error: null });
  expect(scene.action.state.loads).toBe(1);
});

test('unchanged, but gone from the kernel: it is loaded again', async () => {
  const source = await scene.addSource();
  scene.serve(text(lines(10), { etag: '"1"' }));
  await scene.queue(source);
  await scene.round();
  scene.action.forget();
  expect(await scene.round()).toMatchObject({ completed: 1 });
  expect(entries()).toHaveLength(10);
  expect((await scene.runs()).at(-1)).toMatchObject({ source_id: null, cause: 'enforcement' });
});

test('a list that shrinks by more than half waits for a person; accepted, it is taken as it was then', async () => {
  const source = await scene.addSource();
  scene.serve(text(lines(200)));
  await scene.queue(source);
  await scene.round();
  scene.serve(text(lines(80)));
  const shrunk = await scene.queue(source);
  await scene.round();
  expect(await scene.run(shrunk)).toMatchObject({ state: 'held', error: { code: 'list_held' } });
  expect(JSON.parse((await scene.source(source.id)).held ?? '')).toMatchObject({ before: 200, after: 80 });
  expect(scene.action.state.entries.size).toBe(200);
  scene.serve(text('the server is not asked again'));
  const accepted = await scene.queue(source, true);
  await scene.round();
  expect(await scene.run(accepted)).toMatchObject({
    state: 'completed',
    counts: { valid: 80, removed: 120, enforced: 80 },
  });
  expect(await scene.source(source.id)).toMatchObject({ held: null, entries: 80 });
});

test('a list that grows by more than half waits as well, and is forgotten when it is as before again', async () => {
  const source = await scene.addSource();
  scene.serve(text(lines(100)));
  await scene.queue(source);
  await scene.round();
  scene.serve(text(lines(151)));
  await scene.queue(source);
  expect(await scene.round()).toMatchObject({ held: 1 });
  scene.serve(text(lines(120)));
  await scene.queue(source);
  expect(await scene.round()).toMatchObject({ completed: 1 });
  expect((await scene.source(source.id)).held).toBeNull();
  expect(await readdir(scene.folder.sets)).toHaveLength(1);
});

test.each([
  ['a web page', text('<!doctype html><html><body>Sign in</body></html>', { type: 'text/html' })],
  ['nothing', text('')],
  ['only comments', text('# moved\n')],
])('%s instead of a list is refused, and the version before stays in force', async (_name, answer) => {
  const source = await scene.addSource();
  scene.serve(text(lines(5)));
  await scene.queue(source);
  await scene.round();
  scene.serve(answer);
  const id = await scene.queue(source);
  expect(await scene.round()).toMatchObject({ failed: 1 });
  expect(await scene.run(id)).toMatchObject({ state: 'failed', error: { code: 'list_not_a_list' } });
  expect(scene.action.state.entries.size).toBe(5);
  expect(await scene.source(source.id)).toMatchObject({ entries: 5 });
});

test('what is never blocked is taken out exactly, and said', async () => {
  scene.without.push({ entry: address('20.0.0.7'), kind: 'allowed', meets: '20.0.0.7 (office, marta)' });
  scene.serve(text('20.0.0.0/29\n'));
  const source = await scene.addSource();
  await scene.queue(source);
  await scene.round();
  expect(entries()).toEqual(['20.0.0.0/30', '20.0.0.4/31', '20.0.0.6']);
  expect(scene.told).toMatchObject([{ metTotal: { [source.id]: 1 } }]);
  expect(await scene.source(source.id)).toMatchObject({ meets_allowed: 1 });
});

test('who is never blocked and in no list changes nothing', async () => {
  scene.serve(text(lines(5)));
  await scene.queue(await scene.addSource());
  await scene.round();
  scene.without.push({ entry: address('9.9.9.9'), kind: 'signed_in', meets: '9.9.9.9 (marta)' });
  await scene.round();
  expect(scene.action.state.loads).toBe(1);
  scene.without.push({ entry: address('20.0.0.0/30'), kind: 'allowed', meets: '20.0.0.0/30 (marta)' });
  await scene.round();
  expect(scene.action.state.entries.size).toBe(3);
});

test('a folder that was emptied is filled again', async () => {
  scene.serve(text(lines(5), { etag: '"1"' }));
  await scene.queue(await scene.addSource());
  await scene.round();
  for (const name of await readdir(scene.folder.sets)) await rm(join(scene.folder.sets, name));
  await rm(scene.folder.ipsetFile);
  await scene.round();
  scene.action.forget();
  await scene.round();
  expect(entries()).toHaveLength(5);
});

test('switched off, its entries leave force; nothing switched on leaves nothing in force', async () => {
  scene.serve(text(lines(5)));
  const source = await scene.addSource();
  await scene.queue(source);
  await scene.round();
  await scene.db.updateTable('blocklist_sources').set({ enabled: 0 }).execute();
  await scene.queue(null);
  expect(await scene.round()).toMatchObject({ completed: 1 });
  expect(entries()).toEqual([]);
});

test('fail2ban does not take the lists: the run says so, and the next look makes it good', async () => {
  scene.serve(text(lines(5)));
  const source = await scene.addSource();
  scene.action.state.failsWith = 'ipset: Hash is full';
  const id = await scene.queue(source);
  await scene.round();
  expect(await scene.run(id)).toMatchObject({
    state: 'failed',
    error: { code: 'blocklist_failed', message: 'ipset: Hash is full' },
  });
  scene.action.state.failsWith = '';
  await scene.round();
  expect(scene.action.state.entries.size).toBe(5);
});

test('a list that was due several times while nobody was there is fetched once, then by its schedule', async () => {
  scene.serve(text(lines(5)));
  const { id } = await scene.addSource();
  const due = { next_run_at: scene.clock.at - 5 * 86_400_000 };
  await scene.db.updateTable('blocklist_sources').set(due).execute();
  expect(await scene.round()).toMatchObject({ completed: 1 });
  expect(await scene.round()).toMatchObject({ completed: 0, unchanged: 0 });
  expect(await scene.source(id)).toMatchObject({ next_run_at: scene.clock.at + 86_400_000 });
});

test('after a failure it is tried again in 10 minutes, then in an hour, then by its schedule', async () => {
  scene.serve((_request, response) => void response.writeHead(404).end());
  const source = await scene.addSource();
  const waits: (number | null)[] = [];
  for (let tried = 0; tried < 3; tried++) {
    await scene.queue(source);
    await scene.round();
    const { next_run_at: due } = await scene.source(source.id);
    waits.push(due === null ? null : (due - scene.clock.at) / 60_000);
  }
  expect(waits).toEqual([10, 60, 24 * 60]);
});

describe('stopped half-way', () => {
  const slow = () => {
    const { answer, began, letGo } = slowText(lines(3), lines(3, 10));
    scene.serve(answer);
    return { began, letGo };
  };

  test('by a person: it ends aborted, the version before stays in force', async () => {
    const source = await scene.addSource();
    scene.serve(text(lines(5)));
    await scene.queue(source);
    await scene.round();
    const { began } = slow();
    const id = await scene.queue(source);
    const round = scene.round();
    await began;
    await scene.db.updateTable('blocklist_runs').set({ cancel: 1 }).where('id', '=', id).execute();
    expect(await round).toMatchObject({ aborted: 1 });
    expect(await scene.run(id)).toMatchObject({
      state: 'aborted',
      step: null,
      error: { code: 'cancelled' },
      steps: [{ name: 'download', outcome: 'failed' }],
    });
    expect(scene.action.state.entries.size).toBe(5);
    expect(await readdir(scene.folder.incoming)).toEqual([]);
  });

  test('by the end of BanGUI: it ends aborted, and is due at the next start', async () => {
    const source = await scene.addSource();
    const { began } = slow();
    const id = await scene.queue(source);
    const ending = new AbortController();
    const round = scene.round({ ending: ending.signal });
    await began;
    ending.abort();
    expect(await round).toMatchObject({ aborted: 1 });
    expect(await scene.run(id)).toMatchObject({ state: 'aborted', error: { code: 'instance_ended' } });
    scene.serve(text(lines(5)));
    expect(await scene.round()).toMatchObject({ completed: 1 });
    expect(scene.action.state.entries.size).toBe(5);
  });

  test('by kill -9: the next holder of the lock closes the run, fetches again, and nothing of the first one gets through', async () => {
    const source = await scene.addSource();
    const { began, letGo } = slow();
    const id = await scene.queue(source);
    const dead = scene.round().catch((error: unknown) => error);
    await began;
    await scene.takeOver();
    scene.serve(text(lines(7)));
    expect(await scene.round()).toMatchObject({ completed: 1 });
    expect(await scene.run(id)).toMatchObject({ state: 'aborted', error: { code: 'instance_ended' } });
    letGo();
    expect(String(await dead)).toContain('taken by another instance');
    expect(scene.action.state.entries.size).toBe(7);
    expect((await scene.runs()).map(({ state }) => state)).toEqual(['aborted', 'completed']);
  });

  test('after a version was taken and before it was loaded: the next start loads it', async () => {
    const source = await scene.addSource();
    scene.serve(text(lines(5)));
    const gone = new AbortController();
    const { load } = scene.action;
    scene.action.load = (id, signal) => {
      gone.abort('BanGUI was ended.');
      return load(id, signal);
    };
    const id = await scene.queue(source);
    await scene.round({ ending: gone.signal, signal: gone.signal });
    expect(await scene.run(id)).toMatchObject({ state: 'aborted' });
    expect(await scene.source(source.id)).toMatchObject({ entries: 5 });
    scene.action.load = load;
    await scene.round();
    expect(scene.action.state.entries.size).toBe(5);
  });
});

test('the list deleted during its run: nothing of it stays', async () => {
  const source = await scene.addSource();
  scene.serve((_request, response) => {
    void scene.db
      .deleteFrom('blocklist_sources')
      .execute()
      .then(() => response.end(lines(5)));
  });
  const id = await scene.queue(source);
  await scene.round();
  expect(await scene.run(id)).toMatchObject({ state: 'failed', error: { code: 'list_changed' } });
  expect(await readdir(scene.folder.sets)).toEqual([]);
});

test('while nothing is enforced, due lists wait', async () => {
  await scene.db.deleteFrom('blocklist_enforcement').where('host_id', '=', hostId).execute();
  await scene.addSource();
  await scene.db.updateTable('blocklist_sources').set({ next_run_at: 1 }).execute();
  await scene.round();
  expect(await scene.runs()).toEqual([]);
});

test('the file that fail2ban loads says which lists it is made of', async () => {
  scene.serve(text(lines(2)));
  await scene.queue(await scene.addSource());
  await scene.round();
  const status = await scene.action.status();
  expect((await readFile(scene.folder.ipsetFile, 'latin1')).split('\n')[0]).toBe(
    `# bangui-blocklist ${status?.id ?? ''}`,
  );
});

test('a full disk: the run says so, and the version before stays, until there is room again', async () => {
  const disk = await mountSmallDisk(4);
  const small = await importScene({ dir: disk.dir });
  try {
    await small.install();
    const source = await small.addSource();
    small.serve(text(lines(5)));
    await small.queue(source);
    await small.round();
    await disk.fill();
    small.serve(text(lines(6)));
    const id = await small.queue(source);
    await small.round();
    const { state, error } = await small.run(id);
    expect(state).toBe('failed');
    expect(error?.message).toContain('full');
    expect(small.action.state.entries.size).toBe(5);
    await disk.free();
    await small.queue(source);
    await small.round();
    expect(small.action.state.entries.size).toBe(6);
  } finally {
    await small.close();
    await disk.remove();
  }
});

test('two instances find the same queued run: only the holder of the lock runs it', async () => {
  scene.serve(text(lines(5)));
  const source = await scene.addSource();
  const held = scene.fence();
  await scene.takeOver();
  await scene.queue(source);
  await expect(scene.round({ fence: held })).rejects.toThrow('taken by another instance');
  expect((await scene.runs())[0]?.state).toBe('queued');
  expect(await scene.round()).toMatchObject({ completed: 1 });
});
