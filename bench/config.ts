/** Changes of the configuration: how long the rehearsal and the whole take, and what others wait meanwhile. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { startBangui, type RunningBangui } from '../test/bangui.ts';
import type { Fail2banOptions } from '../test/fail2ban/fail2ban-config.ts';
import { startFail2ban, type RealFail2ban } from '../test/fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../test/operator.ts';
import { median, percentile, round, sleep } from './measure.ts';
import type { Row } from './scene.ts';

/** The fixture has four of its own. */
const [fewJails, manyJails] = [16, 96];
const times = 15;
const file = '/api/v1/config/files/jail/web.local';
const checked = z.object({ ok: z.literal(true), ms: z.number() });
const changed = z.object({
  result: z.literal('applied'),
  etag: z.string(),
  steps: z.array(z.object({ name: z.string(), ms: z.number().nullable() })),
});
const listed = z.object({ total: z.number() });
const withValues = z.object({
  items: z.array(
    z.object({
      jail: z.string(),
      values: z.array(z.object({ option: z.string(), value: z.string().nullable() })),
    }),
  ),
});

interface Told {
  jail: string;
  option: string;
}

interface Ground {
  fail2ban: RealFail2ban;
  bangui: RunningBangui;
  operator: Operator;
}

export async function configuration(): Promise<Row[]> {
  const shipped = await readFile('/etc/fail2ban/jail.conf', 'utf8');
  const withoutJails = shipped.slice(0, shipped.indexOf('\n[sshd]\n'));
  return [
    ...(await onGround({ extraJails: fewJails }, changes)),
    ...(await onGround({ extraJails: manyJails, files: { 'jail.conf': withoutJails } }, values)),
    // Beside what ships, which is off.
    ...(await onGround({ extraJails: manyJails }, values)),
  ];
}

async function onGround(
  options: Fail2banOptions,
  measure: (ground: Ground) => Promise<Row[]>,
): Promise<Row[]> {
  const fail2ban = await startFail2ban(options);
  const bangui = await startBangui({
    socket: fail2ban.socket,
    env: { BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir, BANGUI_ALLOWED_LOG_DIRS: `${fail2ban.dir},/dev` },
  });
  try {
    const operator = await signIn(bangui.url);
    return await measure({ fail2ban, bangui, operator });
  } finally {
    await bangui.dispose();
    await fail2ban.remove();
  }
}

const textOf = (n: number): string => `[web]\nmaxretry = ${n + 4}\n`;

async function changes({ fail2ban, bangui, operator }: Ground): Promise<Row[]> {
  const rehearsals: number[] = [];
  for (let n = 0; n < times; n++) {
    const { body, ms } = await operator.send('POST', `${file}/validate`, { content: textOf(n) });
    checked.parse(body);
    rehearsals.push(ms);
  }
  const waits: number[] = [];
  let running = true;
  const watching = (async () => {
    while (running) {
      for (const path of ['/api/v1/dashboard/status', '/api/v1/jails', '/api/v1/bans/active'])
        waits.push((await operator.get(path)).ms);
      await sleep(10);
    }
  })();
  const whole: number[] = [];
  let steps: z.output<typeof changed>['steps'] = [];
  let etag: string | null = null;
  for (let n = 0; n < times; n++) {
    const began = performance.now();
    const answer = await fetch(bangui.url + file, {
      method: 'PUT',
      headers: {
        cookie: operator.cookie,
        'content-type': 'application/json',
        'x-bangui-request': '1',
        ...(etag === null ? { 'if-none-match': '*' } : { 'if-match': etag }),
      },
      body: JSON.stringify({ content: textOf(n) }),
    });
    const end = changed.parse(await answer.json());
    whole.push(performance.now() - began);
    ({ etag, steps } = end);
  }
  running = false;
  await watching;
  const own = await clientMs(fail2ban, '-t');
  const told = steps.map(({ name, ms }) => `${name} ${round(ms ?? 0)}`).join(', ');
  return [
    {
      figure: 'rehearsal of 20 jails, nothing written',
      reach: '≤ 1 s',
      measured: `${round(median(rehearsals))} ms, worst ${round(percentile(rehearsals, 100))} ms`,
      beside: `fail2ban-client -t, which lets bad expressions and times pass: ${round(own)} ms`,
      met: percentile(rehearsals, 100) <= 1_000,
    },
    {
      figure: 'a change of one of 20 jails, to the last look',
      reach: '≤ 3 s',
      measured: `${round(median(whole))} ms, worst ${round(percentile(whole, 100))} ms (${told})`,
      beside: '–',
      met: percentile(whole, 100) <= 3_000,
    },
    {
      figure: `other calls meanwhile (${waits.length.toLocaleString('en')})`,
      reach: 'p99 ≤ 50 ms',
      measured: `p50 ${round(median(waits))} ms, p99 ${round(percentile(waits, 99))} ms`,
      beside: '–',
      met: percentile(waits, 99) <= 50,
    },
  ];
}

async function values({ fail2ban, operator }: Ground): Promise<Row[]> {
  const path = '/api/v1/config/effective';
  const cold = await operator.get(path);
  const { total } = listed.parse(cold.body);
  const warm: number[] = [];
  for (let n = 0; n < times; n++) warm.push((await operator.get(path)).ms);
  /** Writes twice, so that an answer which is kept for a moment would be noticed. Answers how long the second took. */
  const afterWriting = async (write: (n: number) => Promise<void>, n: number, is: Told): Promise<number> => {
    for (const value of [n, n + 1]) {
      await write(value);
      const { body, ms } = await operator.get(path);
      const jail = withValues.parse(body).items.find((one) => one.jail === is.jail);
      const told = jail?.values.find((one) => one.option === is.option)?.value;
      if (told !== String(value + 4)) throw new Error('an answer was stale');
      if (value > n) return ms;
    }
    return Number.NaN;
  };
  const inFolder = (name: string, text: string) => writeFile(join(fail2ban.configDir, 'jail.d', name), text);
  const ofOne: number[] = [];
  const ofAll: number[] = [];
  for (let n = 0; n < times; n++) {
    const one = { jail: 'web', option: 'maxretry' };
    ofOne.push(await afterWriting((value) => inFolder('web.local', textOf(value)), n, one));
    const all = { jail: 'manual', option: 'findtime' };
    const defaults = (value: number) => inFolder('all.local', `[DEFAULT]\nfindtime = ${value + 4}\n`);
    ofAll.push(await afterWriting(defaults, n, all));
  }
  const own = await clientMs(fail2ban, '-d');
  const worst = (ms: readonly number[]) => `${round(median(ms))} ms, worst ${round(percentile(ms, 100))} ms`;
  return [
    {
      figure: `effective values of all ${total} jails, 100 of them on, after one of them has changed`,
      reach: '≤ 300 ms',
      measured: `${worst(ofOne)}; ${round(median(warm))} ms with nothing changed, ${round(cold.ms)} ms the first time of all (${round(cold.bytes / 1e6)} MB)`,
      beside: `fail2ban-client -d, without places: ${round(own)} ms`,
      met: median(ofOne) <= 300,
    },
    {
      figure: `the same after a default has changed, which is every jail`,
      reach: '≤ 300 ms',
      measured: worst(ofAll),
      beside: '–',
      met: median(ofAll) <= 300,
    },
  ];
}

async function clientMs(fail2ban: RealFail2ban, ...args: string[]): Promise<number> {
  const began = performance.now();
  await fail2ban.client(...args);
  return performance.now() - began;
}
