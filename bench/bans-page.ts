/** One page of a jail that holds 100k bans, beside fetching its whole list; and how long fail2ban is held by us. */
import { pinger } from './pinger.ts';
import { clientProcess, type Row, type Scene } from './scene.ts';
import { median, percentile, round, sleep } from './measure.ts';

export async function bansPage({ operator, fail2ban, jail }: Scene): Promise<Row[]> {
  const walls: number[] = [];
  let cursor = '';
  for (let i = 0; i < 1_000; i++) {
    const answer = await operator.get(
      `/api/v1/bans/active?jail=${jail}&sort=expires_at&page_size=50${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    if (answer.status !== 200) throw new Error(`the page answered ${answer.status}`);
    walls.push(answer.ms);
    cursor = nextCursor(answer.body);
  }
  const patternWalls: number[] = [];
  for (let i = 0; i < 3; i++) {
    const began = performance.now();
    await clientProcess(fail2ban, ['get', jail, 'banip', '--with-time']);
    patternWalls.push(performance.now() - began);
  }
  return [
    {
      figure: 'page of 50 of 100k, sorted by end (p50, p99)',
      reach: '≤ 20 ms',
      measured: `${round(median(walls))} ms, ${round(percentile(walls, 99))} ms`,
      beside: `whole list ${round(median(patternWalls))} ms`,
      met: percentile(walls, 99) <= 20,
    },
  ];
}

/** Another client's ping, every 5 ms for 40 s while the overview is being read: its longest wait is what we held. */
export async function socketHold({ operator, fail2ban }: Scene): Promise<Row[]> {
  const waits: number[] = [];
  const until = performance.now() + 40_000;
  let reading = true;
  const reader = (async () => {
    while (reading) {
      await operator.get('/api/v1/dashboard/status');
      await sleep(250);
    }
  })();
  const ask = pinger(fail2ban.socket);
  while (performance.now() < until) {
    const began = performance.now();
    await ask.ping();
    waits.push(performance.now() - began);
    await sleep(5);
  }
  reading = false;
  await reader;
  ask.close();
  return [
    {
      figure: "fail2ban's socket held, longest wait of another client in 40 s",
      reach: '≤ 50 ms',
      measured: `${round(Math.max(...waits))} ms`,
      beside: `p50 ${round(median(waits))} ms`,
      met: Math.max(...waits) <= 50,
    },
  ];
}

function nextCursor(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('next_cursor' in body))
    throw new Error('no next_cursor');
  return typeof body.next_cursor === 'string' ? body.next_cursor : '';
}
