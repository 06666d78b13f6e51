/** One refresh of the overview at 100k bans, beside one client process per jail. */
import { childrenCpuSeconds, cpuSeconds, median, round } from './measure.ts';
import { patternRefresh, type Row, type Scene } from './scene.ts';

/** What the overview asks for when it is opened or told to read again; the page's own list, see its queries. */
export const overviewReads = [
  '/api/v1/dashboard/status',
  '/api/v1/jails',
  '/api/v1/bans/active?sort=-banned_at&page_size=30',
  '/api/v1/bans/active?sort=-ban_count&page_size=10',
  '/api/v1/bans/active?sort=expires_at&page_size=10',
] as const;

const refreshes = 200;
const patternRefreshes = 5;

export async function overviewRefresh({ operator, bangui, fail2ban }: Scene): Promise<Row[]> {
  const walls: number[] = [];
  let bytes = 0;
  const cpuBefore = cpuSeconds(bangui.pid) + cpuSeconds(fail2ban.pid);
  for (let i = 0; i < refreshes; i++) {
    const began = performance.now();
    const answers = await Promise.all(overviewReads.map((path) => operator.get(path)));
    walls.push(performance.now() - began);
    bytes = answers.reduce((sum, answer) => sum + answer.bytes, 0);
    const refused = answers.find((answer) => answer.status !== 200);
    if (refused) throw new Error(`a read answered ${refused.status}`);
  }
  const cpu = (cpuSeconds(bangui.pid) + cpuSeconds(fail2ban.pid) - cpuBefore) / refreshes;

  const patternWalls: number[] = [];
  const patternCpuBefore = childrenCpuSeconds() + cpuSeconds(fail2ban.pid);
  for (let i = 0; i < patternRefreshes; i++) patternWalls.push(await patternRefresh(fail2ban));
  const patternCpu = (childrenCpuSeconds() + cpuSeconds(fail2ban.pid) - patternCpuBefore) / patternRefreshes;

  const wall = median(walls);
  const faster = median(patternWalls) / wall;
  const cheaper = patternCpu / cpu;
  return [
    {
      figure: 'overview refresh, time',
      reach: '≤ 10 ms, ≥ 150× faster',
      measured: `${round(wall)} ms`,
      beside: `${round(median(patternWalls))} ms, ${round(faster)}×`,
      met: wall <= 10 && faster >= 150,
    },
    {
      figure: 'overview refresh, bytes before compression',
      reach: '≤ 20 kB',
      measured: `${round(bytes / 1000)} kB`,
      beside: '',
      met: bytes <= 20_000,
    },
    {
      figure: 'overview refresh, CPU of both servers',
      reach: '≥ 150× less',
      measured: `${round(cpu * 1000)} ms`,
      beside: `${round(patternCpu * 1000)} ms, ${round(cheaper)}×`,
      met: cheaper >= 150,
    },
  ];
}
