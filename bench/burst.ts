/** 90,000 bans made in fail2ban at once: when are they all in our mirror, and does the API stay quick meanwhile. */
import { percentile, round } from './measure.ts';
import { banMany, shown, type Row, type Scene } from './scene.ts';
import { until } from '../test/bangui.ts';

export async function burst(scene: Scene): Promise<Row[]> {
  const before = await shown(scene);
  const waits: number[] = [];
  let asking = true;
  const asker = (async () => {
    const paths = [
      '/api/v1/dashboard/status',
      `/api/v1/bans/active?jail=${scene.jail}&sort=expires_at&page_size=50`,
      '/api/v1/bans/active?sort=-banned_at&page_size=30',
    ];
    for (let i = 0; asking; i++) {
      const answer = await scene.operator.get(paths[i % paths.length] ?? '');
      if (answer.status !== 200) throw new Error(`a read answered ${answer.status} during the burst`);
      waits.push(answer.ms);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const seconds = await banMany(scene.fail2ban, scene.jail, before, 90_000);
  const after = await until(
    'the burst is shown',
    async () => (await shown(scene)) === before + 90_000,
    180_000,
    200,
  );
  asking = false;
  await asker;
  return [
    {
      figure: 'burst of 90k bans: all in our mirror, after the last',
      reach: '≤ 30 s',
      measured: `${round(after / 1000)} s`,
      beside: `fail2ban took ${round(seconds)} s to ban them`,
      met: after <= 30_000,
    },
    {
      figure: 'API p99 meanwhile',
      reach: '≤ 50 ms',
      measured: `${round(percentile(waits, 99))} ms`,
      beside: `worst of ${waits.length}: ${round(Math.max(...waits))} ms`,
      met: percentile(waits, 99) <= 50,
    },
  ];
}
