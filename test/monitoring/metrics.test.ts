/** What stands at /metrics of a real BanGUI, beside a real fail2ban and a real Prometheus. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, until, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { signIn } from '../operator.ts';
import { onPostgres } from '../servers/test-databases.ts';
import { metricOf, readScrape, type Scrape } from './exposition.ts';
import { promtool, startPrometheus } from './prometheus.ts';

const token = 'a-token-of-the-metrics';
let fail2ban: RealFail2ban;
let bangui: RunningBangui;
beforeAll(async () => {
  fail2ban = await startFail2ban();
  bangui = await startBangui({ socket: fail2ban.socket, env: { BANGUI_METRICS_TOKEN: token } });
  await until('fail2ban is online', async () => (await fetch(`${bangui.url}/api/v1/health`)).ok);
});
afterAll(async () => {
  await bangui?.dispose();
  await fail2ban?.remove();
});

async function scrape(): Promise<Scrape> {
  const answer = await fetch(`${bangui.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return readScrape(await answer.text());
}

test('calls are counted by the pattern of their route, and addresses without one together', async () => {
  const operator = await signIn(bangui.url);
  const before = await scrape();
  const series = (route: string, status: number): string =>
    `bangui_http_requests_total{method="GET",route="${route}",status="${status}"}`;
  await operator.get('/api/v1/bans/active?jail=sshd');
  await operator.get('/api/v1/bans/active?jail=web');
  for (const path of ['/api/v1/none', '/%00', '/api/v1/none/198.51.100.7']) await operator.get(path);
  await fetch(`${bangui.url}/api/v1/bans/active`);
  await until('all of them are counted', async () => {
    const now = await scrape();
    const more = (name: string): number => (now.value(name) ?? 0) - (before.value(name) ?? 0);
    return (
      more(series('/api/v1/bans/active', 200)) === 2 &&
      more(series('/api/v1/bans/active', 401)) === 1 &&
      more(series('unmatched', 404)) >= 2
    );
  });
  const after = await scrape();
  expect(after.series('bangui_http_requests_total').join('\n')).not.toMatch(/none|198\.51/);
  await until(
    'only the scrape is active',
    async () => (await scrape()).value('bangui_http_active_requests') === 1,
  );
  const timed = after.value(
    'bangui_http_request_duration_seconds_count{method="GET",route="/api/v1/bans/active"}',
  );
  expect(timed).toBeGreaterThanOrEqual(3);
});

test('an open page is a live stream and an active call, and no duration', async () => {
  const { cookie } = await signIn(bangui.url);
  const controller = new AbortController();
  const stream = await fetch(`${bangui.url}/api/v1/live`, { headers: { cookie }, signal: controller.signal });
  expect(stream.status).toBe(200);
  expect((await scrape()).value('bangui_live_streams')).toBe(1);
  await until('it is active', async () => (await scrape()).value('bangui_http_active_requests') === 2);
  controller.abort();
  await until('it is gone', async () => (await scrape()).value('bangui_http_active_requests') === 1);
  const after = await scrape();
  expect(after.value('bangui_live_streams')).toBe(0);
  expect(after.value('bangui_http_requests_total{method="GET",route="/api/v1/live",status="200"}')).toBe(1);
  expect(after.series('bangui_http_request_duration_seconds_count').join('\n')).not.toContain(
    '"/api/v1/live"',
  );
});

test('bans are counted by jail and by who made them, and commands by verb without arguments', async () => {
  const operator = await signIn(bangui.url);
  const ban = { jail: 'manual', ips: ['8.8.4.4'], reason: 'test' };
  expect((await operator.send('POST', '/api/v1/bans', ban)).status).toBe(201);
  await fail2ban.client('set', 'manual', 'banip', '8.8.8.8');
  const bans = (origin: string): string => `bangui_bans{host="local",jail="manual",origin="${origin}"}`;
  await until('both are seen', async () => {
    const now = await scrape();
    return now.value(bans('manual')) === 1 && now.value(bans('own')) === 1;
  });
  const now = await scrape();
  expect(now.value('bangui_fail2ban_up{host="local"}')).toBe(1);
  expect(now.value('bangui_fail2ban_command_duration_seconds_count{host="local",verb="set banip"}')).toBe(1);
  expect(now.series('bangui_fail2ban_command_duration_seconds_count').join('\n')).not.toMatch(/8\.8|manual/);
  const kind = onPostgres() ? 'postgres' : 'sqlite';
  expect(now.value(`bangui_scheduler_lock_state{kind="${kind}",state="held"}`)).toBe(1);
  expect(now.value('bangui_job_runs_total{job_name="session_cleanup",state="completed"}')).toBe(1);
  expect(now.value('bangui_job_runs_total{job_name="session_cleanup",state="failed"}')).toBe(0);
});

test('Docs/Monitoring.md has every metric, with its kind and labels, and no other', async () => {
  const page = await readFile('Docs/Monitoring.md', 'utf8');
  const rows = [...page.matchAll(/^\| `(bangui_\w+)` +\| (\w+) +\| ([^|]*?) +\|/gm)];
  const documented = new Map(rows.map(([, name, kind, labels]) => [name, { kind, labels: words(labels) }]));
  const { kinds, labels } = await scrape();
  const served = [...kinds].filter(([name]) => name.startsWith('bangui_'));
  expect([...documented.keys()].map(String).toSorted()).toEqual(served.map(([name]) => name).toSorted());
  for (const [name, kind] of served) {
    const seen = [...(labels.get(name) ?? [])].filter((label) => label !== 'le');
    expect({ name, kind: documented.get(name)?.kind }).toEqual({ name, kind });
    // A metric without values yet has no labels to compare.
    if (seen.length > 0)
      expect({ name, labels: documented.get(name)?.labels }).toEqual({ name, labels: seen.toSorted() });
  }
});

const words = (text: string | undefined): string[] =>
  [...(text ?? '').matchAll(/`(\w+)`/g)].map(([, word]) => word ?? '').toSorted();

const dashboardShape = z.object({
  uid: z.literal('bangui'),
  templating: z.object({ list: z.array(z.object({ name: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.int(),
      type: z.enum(['row', 'stat', 'timeseries']),
      title: z.string().min(1),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      datasource: z.object({ uid: z.literal('${datasource}') }).optional(),
      targets: z.array(z.object({ expr: z.string(), refId: z.string() })).optional(),
    }),
  ),
});

const rulesShape = z.object({
  data: z.object({
    groups: z.tuple([z.object({ rules: z.array(z.object({ health: z.string() })).length(9) })]),
  }),
});

/** What Grafana puts in place of its variables. */
const filled = (expression: string): string =>
  expression
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('"$job"', '"bangui"')
    .replaceAll('"$instance"', '".*"');

test('a real Prometheus scrapes with the token, and every expression of dashboard and alerts finds its metrics', async () => {
  const dashboard = dashboardShape.parse(JSON.parse(await readFile('deploy/grafana/bangui.json', 'utf8')));
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => filled(expr)));
  expect(expressions.length).toBeGreaterThan(30);
  const { kinds } = await scrape();
  const rules = await readFile('deploy/prometheus/alerts.yml', 'utf8');
  for (const text of [...expressions, rules]) {
    for (const [name] of text.matchAll(/\b(?:bangui|nodejs|process)_[a-z0-9_]+/g))
      expect({ name, known: kinds.has(metricOf(name, kinds)) }).toEqual({ name, known: true });
  }

  const prometheus = await startPrometheus(new URL(bangui.url).host, token);
  try {
    await until('Prometheus has scraped', async () => (await prometheus.value('up{job="bangui"}')) === 1);
    expect(await prometheus.value('bangui_fail2ban_up')).toBe(1);
    expect(await prometheus.value('bangui_build_info')).toBe(1);
    // value() throws for an expression that Prometheus does not understand.
    for (const expression of expressions) await prometheus.value(expression);
    expect(await prometheus.value('sum(bangui_bans{jail="manual"})')).toBe(2);
    await until('every rule is evaluated', async () => {
      const answer: unknown = await (await fetch(`${prometheus.url}/api/v1/rules`)).json();
      return rulesShape.parse(answer).data.groups[0].rules.every(({ health }) => health === 'ok');
    });
  } finally {
    await prometheus.stop();
  }
});

test('the alert rules are sound, and fire when they should', async () => {
  expect(await promtool('check', 'rules', 'alerts.yml')).toContain('9 rules found');
  expect(await promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
});

test('fail2ban gone is 0, and its bans stay as last known', async () => {
  await fail2ban.stop();
  await until('it is noticed', async () => (await scrape()).value('bangui_fail2ban_up{host="local"}') === 0);
  const now = await scrape();
  expect(now.value('bangui_fail2ban_command_errors_total{host="local",kind="unreachable"}')).toBeGreaterThan(
    0,
  );
  await fail2ban.start();
});
