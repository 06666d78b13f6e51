/** A list from its URL into the kernel's sets, as an operator has it, beside the kernel's own time for the same file. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listFile } from '../src/host/blocklist/jail-files.ts';
import { listsBangui, type ListsBangui } from '../test/blocklists/lists-bangui.ts';
import { randomOf } from '../test/history-data.ts';
import { median, percentile, round, sleep } from './measure.ts';
import { pinger } from './pinger.ts';
import type { Row } from './scene.ts';

const million = 1_000_000;
const times = 3;

/** Needs root: fail2ban works in a network namespace of its own. */
export async function listsImport(): Promise<Row[]> {
  const scene = await listsBangui();
  try {
    await scene.install();
    const id = await scene.addSource({ enabled: true });
    // a few lines first: what is on is fetched by itself
    await imported(scene, id, { body: Buffer.from(madeList(10, 1)), etag: '"first"' });
    // made before anybody waits: it keeps this process busy
    const versions = Array.from({ length: times }, (_, n) => Buffer.from(madeList(million, n + 1)));
    const watched = watch(scene);
    const whole: number[] = [];
    const alone: number[] = [];
    for (const [n, body] of versions.entries())
      whole.push(await imported(scene, id, { body, etag: `"${n}"` }));
    const { calls, holds } = await watched();
    for (let n = 0; n < times; n++)
      alone.push(await timed(() => scene.space.run('ipset', 'restore', '-f', join(scene.dir, listFile))));
    const told = await timed(() => ran(scene, id));
    const seen = await imported(scene, id, { body: versions.at(-1) ?? Buffer.alloc(0), etag: '"again"' });
    const peak = peakMb(scene.bangui.pid);
    await imported(scene, id, { body: Buffer.from(madeList(3 * million, 9)), etag: '"more"' });
    const peakOfThree = peakMb(scene.bangui.pid);
    const ratio = median(whole) / median(alone);
    return [
      {
        figure: '1M lines: response received to set swapped, counted and written down',
        reach: '≤ 2.5 × ipset restore alone',
        measured: `${round(median(whole))} ms, ${round(ratio)} ×`,
        beside: `ipset restore of the same file (${round(statSync(join(scene.dir, listFile)).size / 1e6)} MB at the end): ${round(median(alone))} ms`,
        met: ratio <= 2.5,
      },
      {
        figure: 'the same list again, from the click to the end of the run',
        reach: '≤ 1 s',
        measured: `told by its ETag ${round(told)} ms; fetched and found to be the same ${round(seen)} ms after the response`,
        beside: '–',
        met: Math.max(told, seen) <= 1_000,
      },
      {
        figure: 'peak memory of the whole backend',
        reach: '≤ 300 MB with 1M lines, ≤ 512 MB with 3M',
        measured: `${round(peak)} MB, ${round(peakOfThree)} MB`,
        beside: '–',
        met: peak <= 300 && peakOfThree <= 512,
      },
      {
        figure: `other calls meanwhile (${calls.length.toLocaleString('en')})`,
        reach: 'p99 ≤ 50 ms',
        measured: `p50 ${round(median(calls))} ms, p99 ${round(percentile(calls, 99))} ms`,
        beside: '–',
        met: percentile(calls, 99) <= 50,
      },
      {
        figure: `fail2ban's socket meanwhile, longest wait of another client's ping (${holds.length.toLocaleString('en')})`,
        reach: '≤ 100 ms',
        measured: `${round(Math.max(...holds))} ms`,
        beside: `p50 ${round(median(holds))} ms`,
        met: Math.max(...holds) <= 100,
      },
    ];
  } finally {
    await scene.close();
  }
}

/** As many different addresses of the internet; a few of them touch. */
function madeList(count: number, seed: number): string {
  const random = randomOf(seed);
  const parts: string[] = [];
  for (let n = 0; n < count; n++) {
    const word = Math.floor(0x1000_0000 + random() * 0x6000_0000);
    parts.push(`${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}\n`);
  }
  return parts.join('');
}

/** Runs it; answers the ms from the last byte of the answer to the end of the run. */
async function imported(
  scene: ListsBangui,
  id: number,
  { body, etag }: { body: Buffer; etag: string },
): Promise<number> {
  let answered = Number.NaN;
  scene.server.serve((request, response) => {
    response.once('finish', () => (answered = performance.now()));
    const known = request.headers['if-none-match'] === etag;
    response.writeHead(known ? 304 : 200, { 'content-type': 'text/plain', etag }).end(known ? '' : body);
  });
  await ran(scene, id);
  return performance.now() - answered;
}

async function ran(scene: ListsBangui, id: number, accept = false): Promise<void> {
  const run = await scene.begin(id, accept);
  for (;;) {
    const { state, error } = await scene.run(run);
    if (state === 'completed' || state === 'unchanged') return;
    // three times as long as before: a person is asked
    if (state === 'held') return ran(scene, id, true);
    if (state !== 'queued' && state !== 'running') throw new Error(`${state}: ${error?.message}`);
    await sleep(20);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** MB; the kernel's own high-water mark. */
function peakMb(pid: number): number {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (Number(match?.[1]) * 1024) / 1e6;
}

/** Calls, and pings of fail2ban, each on a connection of its own; until what is answered is called. */
function watch({ operator, fail2ban }: ListsBangui): () => Promise<{ calls: number[]; holds: number[] }> {
  const ask = pinger(fail2ban.socket);
  const calls: number[] = [];
  const holds: number[] = [];
  let watching = true;
  const repeat = async (work: () => Promise<unknown>): Promise<void> => {
    while (watching) {
      await work();
      await sleep(5);
    }
  };
  const both = Promise.all([
    repeat(async () => void calls.push((await operator.get('/api/v1/dashboard/status')).ms)),
    repeat(async () => void holds.push(await timed(() => ask.ping()))),
  ]);
  return async () => {
    watching = false;
    await both;
    ask.close();
    return { calls, holds };
  };
}
