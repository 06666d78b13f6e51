/** A whole BanGUI that ships its log: the start, the end, and what it must not wait for. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, startBangui, until, type RunningBangui } from '../bangui.ts';
import { hangingService, httpService, keepAsLoki, type LogService } from '../log-receivers.ts';
import { readScrape } from './exposition.ts';

let services: LogService[];
let started: RunningBangui[];
beforeEach(() => {
  services = [];
  started = [];
});
afterEach(async () => {
  for (const one of started) await one.dispose();
  for (const service of services) await service.close();
});

async function start(env: Record<string, string>): Promise<RunningBangui> {
  const options = {
    BANGUI_EXTERNAL_LOGGING_ENABLED: 'true',
    BANGUI_EXTERNAL_LOGGING_PROVIDER: 'loki',
    ...env,
  };
  const one = await startBangui({ socket: '/nowhere/fail2ban.sock', env: options });
  started.push(one);
  return one;
}

async function loki(status: () => number): Promise<LogService> {
  const keep = keepAsLoki();
  const service = await httpService(({ body }, lines) => {
    const now = status();
    if (now < 300) keep(body, lines);
    return { status: now };
  });
  services.push(service);
  return service;
}

const eventsOf = (service: LogService): string[] =>
  service.lines.map((line) => {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null && 'event' in parsed ? String(parsed.event) : '';
  });

test('every line of standard output is shipped once, to the very last, but the set-up code', async () => {
  const service = await loki(() => 204);
  const one = await start({ BANGUI_EXTERNAL_LOGGING_URL: service.url.href });
  await until('it is connected', () => one.lines.some(({ event }) => event === 'external_logging_connected'));
  expect(await one.stop()).toBe(0);
  const shown = one.lines.map(({ event }) => String(event)).filter((event) => event !== 'setup_code');
  // Loki sorts by time; what it is sent is grouped by level.
  expect(eventsOf(service).toSorted()).toEqual(shown.toSorted());
  expect(shown.at(-1)).toBe('bangui_shut_down');
  expect(shown).toContain('external_logging_shutdown_complete');
});

test('required and not there: exit code 1 and a sentence that says why and what to do', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const required = start({ BANGUI_EXTERNAL_LOGGING_URL: url, BANGUI_EXTERNAL_LOGGING_REQUIRED: 'true' });
  await expect(required).rejects.toThrow(
    /ended while starting \(1\)[^]*The log service \(loki\) did not take the first lines: .*ECONNREFUSED[^]*BANGUI_EXTERNAL_LOGGING_REQUIRED=false/,
  );
});

test('required, and it refuses the token: exit code 1', async () => {
  const service = await loki(() => 401);
  const required = start({
    BANGUI_EXTERNAL_LOGGING_URL: service.url.href,
    BANGUI_EXTERNAL_LOGGING_REQUIRED: 'true',
  });
  await expect(required).rejects.toThrow(/ended while starting \(1\)[^]*it answered 401/);
});

test('not required and not there: a warning, a count, and everything is shipped when it comes', async () => {
  let status = 503;
  const service = await loki(() => status);
  const one = await start({ BANGUI_EXTERNAL_LOGGING_URL: service.url.href });
  await until('it is warned of', () =>
    one.lines.some(({ event }) => event === 'external_logging_init_failed'),
  );
  const figures = readScrape(await (await fetch(`${one.url}/metrics`)).text());
  expect(figures.value('bangui_external_logging_init_failures_total')).toBe(1);
  expect(figures.value('bangui_external_logging_waiting')).toBeGreaterThan(3);
  status = 204;
  await until('it has them', () => eventsOf(service).includes('bangui_starting_up'));
  const later = readScrape(await (await fetch(`${one.url}/metrics`)).text());
  expect(later.value('bangui_external_logging_lines_total')).toBe(service.lines.length);
});

test('a service that takes connections and never answers delays neither the start nor, beyond 2 s, the end', async () => {
  const service = await hangingService();
  services.push(service);
  const one = await start({ BANGUI_EXTERNAL_LOGGING_URL: service.url.href });
  expect(one.startedInMs).toBeLessThan(6_000);
  const began = performance.now();
  expect(await one.stop()).toBe(0);
  // 2 s for the lines; calls under way and the rest take well below one.
  expect(performance.now() - began).toBeLessThan(6_000);
  const times = new Map(one.lines.map(({ event, time }) => [event, Date.parse(String(time))]));
  const flushMs =
    (times.get('external_logging_shutdown_complete') ?? 0) - (times.get('http_session_closed') ?? 0);
  expect(flushMs).toBeGreaterThan(1_900);
  expect(one.lines.find(({ event }) => event === 'external_logging_lines_lost')?.['lines']).toBeGreaterThan(
    5,
  );
  expect(one.lines.at(-1)?.event).toBe('bangui_shut_down');
});
