/** A million entries put in force: from the reload to swapped sets, beside the kernel's own time for them; and what others wait. */
import { join } from 'node:path';
import { listFile } from '../src/host/blocklist/jail-files.ts';
import { openBlocklistScene, type BlocklistScene } from '../test/blocklist-scene.ts';
import { median, round, sleep } from './measure.ts';
import { pinger } from './pinger.ts';
import type { Row } from './scene.ts';

const million = 1_000_000;
const times = 3;
const singly = 500;
/** What an operator would have without sets. */
const stockJail = `[stock]
enabled = true
filter = never
logpath = /dev/null
action = iptables-allports
`;

/** Needs root: it works in a network namespace of its own. */
export async function listsInForce(): Promise<Row[]> {
  const scene = await openBlocklistScene({ jails: stockJail });
  try {
    await scene.install();
    const alone: number[] = [];
    const whole: number[] = [];
    const again: number[] = [];
    const waits: number[] = [];
    for (let n = 0; n < times; n++) {
      const id = `list-${n}`;
      await scene.place({ id, v4: scattered(n) });
      alone.push(await timed(() => scene.space.run('ipset', 'restore', '-f', join(scene.dir, listFile))));
      const ended = watch(scene, waits);
      whole.push(await timed(() => loaded(scene, id)));
      again.push(await timed(() => loaded(scene, id)));
      await ended();
    }
    const bans = await timed(() =>
      scene.fail2ban.client('set', 'stock', 'banip', ...scattered(0).slice(0, singly)),
    );
    const ratio = median(whole) / median(alone);
    return [
      {
        figure: '1M entries: reload asked for to sets swapped and counted',
        reach: '≤ 2 × ipset restore alone',
        measured: `${round(median(whole))} ms, ${round(ratio)} ×; asked again for the same list ${round(median(again))} ms`,
        beside: `ipset restore of the same file: ${round(median(alone))} ms · one ban per address, from ${singly}: ${round(((bans / singly) * million) / 3.6e6)} h`,
        met: ratio <= 2,
      },
      {
        figure: `fail2ban's socket meanwhile, longest wait of another client's ping (${waits.length.toLocaleString('en')})`,
        reach: '≤ 100 ms',
        measured: `${round(Math.max(...waits))} ms`,
        beside: `p50 ${round(median(waits))} ms`,
        met: Math.max(...waits) <= 100,
      },
    ];
  } finally {
    await scene.close();
  }
}

/** As many different addresses, all over the space. */
const scattered = (version: number): string[] =>
  Array.from({ length: million }, (_, index) => {
    const number = Math.imul(index + version * million + 1, 0x9e3779b1) >>> 0;
    return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
  });

async function loaded({ blocklists }: BlocklistScene, id: string): Promise<void> {
  const end = await blocklists.load(id, new AbortController().signal);
  if (end.outcome !== 'loaded') throw new Error(end.reason);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Pings on a connection of its own, every 5 ms until it is ended. */
function watch({ fail2ban }: BlocklistScene, waits: number[]): () => Promise<void> {
  const ask = pinger(fail2ban.socket);
  let watching = true;
  const pinging = (async () => {
    while (watching) {
      waits.push(await timed(() => ask.ping()));
      await sleep(5);
    }
  })();
  return async () => {
    watching = false;
    await pinging;
    ask.close();
  };
}
