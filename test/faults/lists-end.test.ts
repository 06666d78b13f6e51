/** BanGUI ended in the middle of an import: drained or stopped at a batch edge, and equal again after the next start. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../bangui.ts';
import { lines, slowText, text } from '../blocklists/list-server.ts';
import { listsBangui, type ListsBangui } from '../blocklists/lists-bangui.ts';

/** The long form is a million, and more kills. */
const isLong = process.env['BANGUI_TORTURE'] === '1';
const [large, kills] = isLong ? [1_000_000, 40] : [300_000, 6];

const shutdownEvents = [
  'bangui_shutting_down',
  'scheduler_stopped_accepting_jobs',
  'waiting_for_pending_tasks',
  'pending_tasks_completed',
  'http_session_closed',
  'external_logging_shutdown_complete',
  'scheduler_lock_released',
  'bangui_shut_down',
];

describe('the end of the process during an import', { timeout: isLong ? 900_000 : 120_000 }, () => {
  let scene: ListsBangui;
  let source: number;
  let size = 1_000;
  beforeAll(async () => {
    scene = await listsBangui({ BANGUI_SHUTDOWN_TIMEOUT_SECONDS: '8' });
    await scene.install();
    source = await scene.addSource();
    scene.server.serve(text(lines(size)));
    await scene.operator.send('PUT', `/api/v1/blocklists/${source}`, { enabled: true });
    await until('the first version is in force', async () => (await scene.inKernel()) === size, 30_000);
    await until('its run has ended', async () => (await scene.runs())[0]?.state === 'completed');
  }, 90_000);
  afterAll(() => scene.close());
  afterEach(async () => {
    await scene.letLoad();
  });

  /** The next version, larger by one. */
  const next = (): string => lines((size += 1));
  const events = (): string[] =>
    scene.bangui.lines.map(({ event }) => event ?? '').filter((event) => shutdownEvents.includes(event));
  const nothingRuns = async (): Promise<void> => {
    await until('no run is open', async () =>
      (await scene.runs()).every(({ state }) => state !== 'running' && state !== 'queued'),
    );
  };
  const comesInForce = async (): Promise<void> => {
    await until('the newest version is in force', async () => (await scene.inKernel()) === size, 30_000);
    await nothingRuns();
  };

  test('SIGTERM in the middle of the download: aborted at once, fetched at the next start', async () => {
    const list = next();
    const { answer, began } = slowText(list.slice(0, 100), list.slice(100));
    scene.server.serve(answer);
    const run = await scene.begin(source);
    await began;
    expect(await scene.bangui.stop()).toBe(0);
    expect(events()).toEqual(shutdownEvents);
    scene.server.serve(text(list));
    await scene.restart();
    expect(await scene.run(run)).toMatchObject({ state: 'aborted', error: { code: 'instance_ended' } });
    await comesInForce();
  });

  test('SIGTERM while fail2ban loads, in time: the run ends as it would have', async () => {
    scene.server.serve(text(next()));
    await scene.holdLoads();
    const run = await scene.begin(source);
    await scene.untilStep(run, 'enforce');
    const stopped = scene.bangui.stop();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await scene.letLoad();
    expect(await stopped).toBe(0);
    expect(events()).toEqual(shutdownEvents);
    await scene.restart();
    expect((await scene.run(run)).state).toBe('completed');
    await comesInForce();
  });

  test('SIGTERM while fail2ban loads, too slowly: one task is cancelled, and the next start makes it good', async () => {
    scene.server.serve(text(next()));
    await scene.holdLoads();
    const run = await scene.begin(source);
    await scene.untilStep(run, 'enforce');
    expect(await scene.bangui.stop()).toBe(0);
    expect(scene.bangui.lines.find(({ event }) => event === 'pending_tasks_timeout')).toMatchObject({
      cancelled_count: 1,
    });
    await scene.letLoad();
    await scene.restart();
    expect(await scene.run(run)).toMatchObject({ state: 'aborted', error: { code: 'instance_ended' } });
    await comesInForce();
  });

  test('kill -9 at any moment: the old list or the new one, then the new one', async () => {
    for (let round = 0; round < kills; round++) {
      const before = size;
      scene.server.serve(text(next()));
      await scene.begin(source).catch(() => 0);
      await new Promise((resolve) => setTimeout(resolve, (round * 360) / kills));
      await scene.bangui.kill();
      expect([before, size]).toContain(await scene.inKernel());
      await scene.restart();
      await comesInForce();
    }
  });

  test('SIGTERM while a large list is read, and while lists are put together: one whole shutdown', async () => {
    const path = `/api/v1/blocklists/${source}`;
    await scene.operator.send('PUT', path, { enabled: false });
    await until('it is out of force', async () => (await scene.inKernel()) === 0, 30_000);
    await nothingRuns();
    size += large;
    scene.server.serve(text(lines(size)));
    const reading = await scene.begin(source);
    await scene.untilStep(reading, 'read');
    expect(await scene.bangui.stop()).toBe(0);
    expect(events()).toEqual(shutdownEvents);
    await scene.restart();
    expect(await scene.run(reading)).toMatchObject({ state: 'aborted', error: { code: 'instance_ended' } });

    expect(await scene.ended(await scene.begin(source))).toMatchObject({ state: 'completed' });
    await scene.operator.send('PUT', path, { enabled: true });
    await until('they are put together', async () => (await scene.runs())[0]?.step === 'combine', 20_000, 2);
    expect(await scene.bangui.stop()).toBe(0);
    expect(events()).toEqual(shutdownEvents);
    await scene.restart();
    await comesInForce();
  });
});
