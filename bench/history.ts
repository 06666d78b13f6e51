/**
 * What is asked of the history, at the size of `BANGUI_BENCH_EVENTS`, beside the same questions put to fail2ban's own
 * database, as other interfaces do. Both are made once and kept in `BANGUI_BENCH_DIR`.
 */
import { z } from 'zod';
import { startBangui, type RunningBangui } from '../test/bangui.ts';
import { signIn, type Operator } from '../test/operator.ts';
import { openBeside, type Beside } from './history-beside.ts';
import { benchData, words } from './history-data.ts';
import { exportFigure } from './history-export.ts';
import { holdFigure } from './history-hold.ts';
import { seededFolder } from './history-seed.ts';
import { median, percentile, round, sleep } from './measure.ts';
import type { Row } from './scene.ts';

const count = Number(process.env['BANGUI_BENCH_EVENTS'] ?? 1_000_000);
const times = 40;
const day = 86_400_000;

export async function history(): Promise<Row[]> {
  const data = await benchData(count);
  const { dir, rows: seeding } = await seededFolder(data);
  const beside = openBeside(data);
  // fail2ban is away: what is measured is the history
  const bangui = await startBangui({ socket: '/nonexistent/fail2ban.sock', dir });
  try {
    const operator = patient(await signIn(bangui.url));
    console.log(`${count.toLocaleString('en')} bans, ${times} calls each`);
    return [
      ...seeding,
      await holdFigure(data),
      ...(await overview(operator, beside)),
      ...(await pages(operator, beside)),
      ...(await texts(operator, beside)),
      await exportFigure({ operator, bangui, beside }),
    ];
  } finally {
    await stop(bangui);
    beside.close();
  }
}

/** A question put to fail2ban's database stops this process for long; connections closed meanwhile are noticed first. */
const patient = (operator: Operator): Operator => ({
  ...operator,
  get: async (path) => {
    await sleep(1);
    return operator.get(path);
  },
});

/** The folder stays for the next run. */
const stop = async (bangui: RunningBangui): Promise<void> => void (await bangui.stop());

async function overview(operator: Operator, beside: Beside): Promise<Row[]> {
  const from = Date.now() - 30 * day;
  const questions: [name: string, path: string, rival: string | null][] = [
    ['figures', 'figures', beside.figures(from)],
    ['by country', 'bans/by-country', null],
    ['by jail', 'bans/by-jail', beside.byJail(from)],
    ['by network', 'bans/by-network', null],
    ['trend', 'bans/trend', beside.trend(from)],
    ['hours of the week', 'bans/heat', null],
  ];
  const rows: Row[] = [];
  for (const [name, path, rival] of questions) {
    const measured = await ask(operator, () => `/api/v1/dashboard/${path}?range=30d`);
    rows.push(
      row({
        figure: `overview, 30 d: ${name}`,
        limit: name === 'hours of the week' ? null : 30,
        measured,
        beside: rival ?? 'not known there: every address would have to be looked up',
      }),
    );
  }
  return rows;
}

const firstItem = z.object({
  items: z.array(z.object({ ip: z.string(), country: z.string(), asn: z.number().nullable() })),
});
const next = z.object({ next_cursor: z.string().nullable(), items: z.array(z.unknown()) });

async function pages(operator: Operator, beside: Beside): Promise<Row[]> {
  const { items } = firstItem.parse((await operator.get('/api/v1/history?page_size=500')).body);
  const most = <T>(values: readonly T[]): T | undefined =>
    [...Map.groupBy(values, (value) => value)].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0];
  const country = most(items.map((item) => item.country)) ?? 'US';
  const asn = most(items.flatMap((item) => item.asn ?? [])) ?? 1;
  const ip = beside.busiest();
  const from = new Date(Date.now() - 90 * day).toISOString();
  const filters: [name: string, query: string, rival: string | null][] = [
    ['no filter', '', beside.page('')],
    ['jail', 'jail=sshd', beside.page("WHERE jail = 'sshd'")],
    ['country', `country=${country}`, null],
    ['network', `asn=${asn}`, null],
    ['origin', 'origin=own', null],
    ['bans only', 'action=ban', null],
    ['unbans only', 'action=unban', null],
    ['time', `from=${from}`, beside.page(`WHERE timeofban >= ${Math.floor(Date.parse(from) / 1000)}`)],
    ['address', `ip=${ip}`, beside.page(`WHERE ip = '${ip}'`)],
    [
      'range of addresses',
      `ip=${ip.split('.')[0]}.0.0.0/8`,
      beside.page(`WHERE ip LIKE '${ip.split('.')[0]}.%'`),
    ],
  ];
  const rows: Row[] = [];
  for (const [name, query, rival] of filters) {
    const path = (size: number, cursor: string | null = null): string =>
      `/api/v1/history?page_size=${size}&${query}${cursor === null ? '' : `&cursor=${cursor}`}`;
    const first = await ask(operator, () => path(50));
    const [far, number] = await farPage(operator, path);
    const last = await ask(operator, () => far);
    const measured = `${ms(first)}; page ${number.toLocaleString('en')}: ${ms(last)}`;
    rows.push({
      figure: `history page by ${name}: the first, the 1,000th or last`,
      reach: '≤ 20 ms',
      measured,
      beside: rival ?? 'not known there',
      met: Math.max(median(first), median(last)) <= 20,
    });
  }
  return rows;
}

type PathOf = (size: number, cursor?: string | null) => string;

/** The 1,000th page of 50, or the last one there is; on the way there by pages of 500. */
async function farPage({ get }: Operator, pathOf: PathOf): Promise<[path: string, number: number]> {
  let cursor: string | null = null;
  for (let number = 1; ;) {
    const size = number <= 990 ? 500 : 50;
    const page = next.parse((await get(pathOf(size, cursor))).body);
    if (number === 1_000 || page.next_cursor === null) return [pathOf(50, cursor), number];
    cursor = page.next_cursor;
    number += size / 50;
  }
}

async function texts(operator: Operator, beside: Beside): Promise<Row[]> {
  const searched: [name: string, text: string][] = [
    ['a common word', words.common],
    ['a rare word', words.rare],
    ['two words', words.pair.join(' ')],
    ['an address', beside.busiest()],
    ['the start of a word', `${words.rare.slice(0, 8)}*`],
    ['a word that is nowhere', 'nosuchword'],
  ];
  const rows: Row[] = [];
  for (const [name, text] of searched) {
    const path = `/api/v1/history?text=${encodeURIComponent(text)}`;
    const found = next.parse((await operator.get(path)).body).items.length;
    const measured = await ask(operator, () => path);
    rows.push(
      row({
        figure: `full text: ${name} (${found} on the page)`,
        limit: 200,
        measured,
        beside: beside.like(text),
      }),
    );
  }
  return rows;
}

async function ask(operator: Operator, path: () => string): Promise<number[]> {
  const walls: number[] = [];
  for (let n = 0; n < times; n++) {
    const answer = await operator.get(path());
    if (answer.status !== 200)
      throw new Error(`${path()} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    walls.push(answer.ms);
  }
  return walls;
}

const ms = (walls: readonly number[]): string =>
  `${round(median(walls))} ms (worst ${round(percentile(walls, 100))})`;

interface Measured {
  figure: string;
  /** Null: no figure to reach. */
  limit: number | null;
  measured: readonly number[];
  beside: string;
}

const row = ({ figure, limit, measured, beside }: Measured): Row => ({
  figure,
  reach: limit === null ? '–' : `≤ ${limit} ms`,
  measured: ms(measured),
  beside,
  met: limit === null || median(measured) <= limit,
});
