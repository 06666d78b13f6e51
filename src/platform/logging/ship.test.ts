/** Shipping: every line once where that is promised, bounded, and never in the way. */
import { createSocket } from 'node:dgram';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { until } from '../../../test/bangui.ts';
import { selfSigned } from '../../../test/certificate.ts';
import {
  hangingService,
  httpService,
  keepAsDatadog,
  keepAsElasticsearch,
  keepAsLoki,
  syslogService,
  type LogService,
} from '../../../test/log-receivers.ts';
import { createLog } from './log.ts';
import { createDatadogReceiver } from './ship-datadog.ts';
import { createElasticsearchReceiver } from './ship-elasticsearch.ts';
import type { Receiver } from './ship-entry.ts';
import { createLokiReceiver } from './ship-loki.ts';
import { createSyslogReceiver } from './ship-syslog.ts';
import { createShipper, type Shipper } from './ship.ts';

const hostname = 'machine';
const services: LogService[] = [];
const running = (service: LogService): LogService => {
  services.push(service);
  return service;
};
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

const quick = { firstRetryMs: 2, lastRetryMs: 10, batchLines: 50, random: () => 0.5 };

/** A log that ships to the receiver and to nowhere else, with what it wrote. */
function ship(receiver: Receiver, options: Partial<Parameters<typeof createShipper>[0]> = {}) {
  const shipper = createShipper({
    receiver,
    bufferSize: 10_000,
    flushMs: 5,
    now: () => 1_700_000_000_000,
    limits: quick,
    ...options,
  });
  const shown: string[] = [];
  const log = createLog({
    level: 'info',
    format: 'json',
    write: (line) => void shown.push(line.trimEnd()),
    ship: shipper.write,
  });
  return { shipper, log, shown };
}

/** Two of three lines say the same in the same millisecond, and are two lines all the same. */
async function shipThousand({ shipper, log, shown }: ReturnType<typeof ship>): Promise<string[]> {
  for (let line = 0; line < 1_000; line++) {
    if (line % 2 === 0) log.info('tick', { round: line % 3 === 0 ? 0 : line, text: 'ä "quoted"\n' });
    else log.warn('tick', { round: 0 });
    if (line % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await until('everything is shipped', () => shipper.figures().waiting === 0);
  expect(shipper.figures()).toMatchObject({ shipped: 1_000, dropped: { full: 0, refused: 0, too_long: 0 } });
  return shown.toSorted();
}

/** Of every four requests one is refused for now, one overloaded, and one broken after it was taken. */
function failingHalfTheTime(number: number): 'taken' | 'lost' | 503 | 429 {
  const turn = number % 6;
  if (turn === 1) return 503;
  if (turn === 3) return 429;
  return turn === 5 ? 'lost' : 'taken';
}

test('Loki, failing half the time and losing answers, holds every line exactly once', async () => {
  const keep = keepAsLoki();
  const paths = new Set<string>();
  const service = running(
    await httpService(({ number, path, body, headers }, lines) => {
      paths.add(`${path} ${headers.authorization}`);
      const how = failingHalfTheTime(number);
      if (typeof how === 'number') return { status: how };
      keep(body, lines);
      return how === 'lost' ? null : { status: 204 };
    }),
  );
  const one = ship(createLokiReceiver({ url: service.url, token: 'user:key', hostname }));
  const sent = await shipThousand(one);
  expect(service.lines.toSorted()).toEqual(sent);
  expect(one.shipper.figures().failures).toBeGreaterThan(5);
  expect([...paths]).toEqual([`/loki/api/v1/push Basic ${Buffer.from('user:key').toString('base64')}`]);
});

test('Elasticsearch, failing as a whole, in parts and after the fact, holds every line exactly once', async () => {
  const keep = keepAsElasticsearch((item) => item % 3 === 0);
  const paths = new Set<string>();
  const service = running(
    await httpService(({ number, path, body, headers }, lines) => {
      paths.add(`${path} ${headers.authorization}`);
      const how = failingHalfTheTime(number);
      if (typeof how === 'number') return { status: how };
      const answer = keep(body, lines);
      return how === 'lost' ? null : { status: 200, body: answer };
    }),
  );
  const url = new URL('/behind/', service.url);
  const one = ship(createElasticsearchReceiver({ url, token: 'api-key', index: 'logs', hostname }));
  const sent = await shipThousand(one);
  expect(service.lines.toSorted()).toEqual(sent);
  expect([...paths]).toEqual(['/behind/_bulk ApiKey api-key']);
});

test('Datadog, failing half the time, holds every line once; after a lost answer a batch twice', async () => {
  let lost = false;
  const service = running(
    await httpService(({ number, body, headers, path }, lines) => {
      expect([path, headers['dd-api-key']]).toEqual(['/api/v2/logs', 'dd-key-0']);
      if (number % 2 === 1) return { status: number % 4 === 1 ? 503 : 429 };
      keepAsDatadog(body, lines);
      return lost ? null : { status: 202 };
    }),
  );
  const one = ship(createDatadogReceiver({ url: service.url, token: 'dd-key-0', hostname }));
  expect(service.lines).toEqual([]);
  const sent = await shipThousand(one);
  expect(service.lines.toSorted()).toEqual(sent);
  lost = true;
  one.log.info('once_more');
  await until('it is there twice', () => service.lines.length >= 1_002);
  lost = false;
  await until('it is shipped', () => one.shipper.figures().waiting === 0);
});

test('syslog over TCP: frames of counted octets, every line once although half of the connections break', async () => {
  const service = running(await syslogService((connection) => connection % 2 === 1));
  const { port } = service;
  const one = ship(
    createSyslogReceiver({ transport: 'tcp', host: '127.0.0.1', port, hostname: 'a b', pid: 7 }),
  );
  const sent = await shipThousand(one);
  const header = /^<(\d+)>1 (\S+) ab bangui 7 - - /;
  expect(service.lines.map((line) => line.replace(header, '')).toSorted()).toEqual(sent);
  const priorities = new Set(service.lines.map((line) => header.exec(line)?.[1]));
  expect(priorities).toEqual(new Set(['30', '28']));
  expect(header.exec(service.lines[0] ?? '')?.[2]).toBe('2023-11-14T22:13:20.000Z');
});

test.each(['localhost', '127.0.0.1'])(
  'syslog over TLS to %s, if its certificate is trusted',
  async (host) => {
    const tls = selfSigned();
    const service = running(await syslogService(() => false, tls));
    const receiver = createSyslogReceiver({ transport: 'tls', host, port: service.port, hostname, pid: 7 });
    const one = ship(receiver, { flushMs: 60_000 });
    one.log.info('hello');
    expect(await one.shipper.contact(one.log)).toMatch(/^self-signed certificate/);
    const usual = getCACertificates('default');
    setDefaultCACertificates([...usual, tls.cert]);
    try {
      expect(await one.shipper.contact(one.log)).toBeNull();
    } finally {
      setDefaultCACertificates(usual);
    }
    expect(service.lines[0]).toMatch(/ machine bangui 7 - - \{.*"event":"hello"\}$/);
  },
);

test('syslog over UDP: a datagram each', async () => {
  const socket = createSocket('udp4');
  const got: string[] = [];
  socket.on('message', (message) => got.push(message.toString()));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const receiver = {
    transport: 'udp',
    host: '127.0.0.1',
    port: socket.address().port,
    hostname,
    pid: 1,
  } as const;
  const one = ship(createSyslogReceiver(receiver));
  one.log.info('a');
  one.log.error('b');
  await until('both are there', () => got.length === 2);
  socket.close();
  expect(got.map((line) => line.slice(0, 5))).toEqual(['<30>1', '<27>1']);
});

test('what the service refuses for good is dropped and counted, and what follows is not held up', async () => {
  const service = running(
    await httpService(({ number, body }, lines) => {
      if (number === 1) return { status: 400, body: 'entry too far behind' };
      keepAsDatadog(body, lines);
      return { status: 202 };
    }),
  );
  const one = ship(createDatadogReceiver({ url: service.url, token: null, hostname }));
  one.log.info('refused');
  expect(await one.shipper.contact(one.log)).toBe('it answered 400: entry too far behind');
  one.log.info('taken');
  await until('the rest is there', () => service.lines.some((line) => line.includes('taken')));
  expect(one.shipper.figures().dropped.refused).toBe(1);
  expect(one.shown.filter((line) => line.includes('external_logging_failed'))).toHaveLength(1);
});

test('a full buffer drops new lines, counts them, and tells once', async () => {
  const service = running(await hangingService());
  const one = ship(createLokiReceiver({ url: service.url, token: null, hostname }), { bufferSize: 100 });
  void one.shipper.contact(one.log);
  for (let line = 0; line < 500; line++) one.log.info('burst', { line });
  // The first contact brought a line of its own, and the telling was the first that found no room.
  expect(one.shipper.figures()).toMatchObject({ waiting: 100, dropped: { full: 402 } });
  expect(one.shown.filter((line) => line.includes('external_logging_failed'))).toHaveLength(1);
  await endQuickly(one.shipper, 3_000);
});

test('a receiver that hangs gets 2 s at the end, over all attempts together', async () => {
  const service = running(await hangingService());
  const one = ship(createLokiReceiver({ url: service.url, token: null, hostname }));
  one.log.info('lost');
  await endQuickly(one.shipper, 6_000);
  expect(one.shipper.figures().dropped.ended).toBe(1);
  await endQuickly(one.shipper, 500);
});

test('the end waits for a receiver that comes back', async () => {
  const keep = keepAsLoki();
  const service = running(
    await httpService(({ number, body }, lines) => {
      if (number < 4) return { status: 503 };
      keep(body, lines);
      return { status: 204 };
    }),
  );
  const one = ship(createLokiReceiver({ url: service.url, token: null, hostname }), { flushMs: 60_000 });
  one.log.info('late');
  await one.shipper.flush();
  expect(service.lines).toEqual(one.shown);
});

test('the wait grows with each failure, and half of it is left to chance', async () => {
  const at: number[] = [];
  const service = running(
    await httpService(({ number }) => {
      at.push(performance.now());
      return number < 4 ? { status: 503 } : { status: 204 };
    }),
  );
  const limits = { ...quick, firstRetryMs: 100, lastRetryMs: 10_000, random: () => 0 };
  const one = ship(createLokiReceiver({ url: service.url, token: null, hostname }), { limits });
  one.log.info('patience');
  await until('it is taken', () => one.shipper.figures().shipped === 1);
  const waits = at.slice(1).map((time, place) => time - (at[place] ?? 0));
  // 50, 100 and 200 ms: half of each doubling, since chance gives nothing. Timers may be early by 1 ms, never more.
  for (const [place, least] of [50, 100, 200].entries())
    expect(waits[place]).toBeGreaterThanOrEqual(least - 2);
});

test('a service that says how long to wait is waited for', async () => {
  const at: number[] = [];
  const service = running(
    await httpService(({ number }) => {
      at.push(performance.now());
      return number === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 204 };
    }),
  );
  const one = ship(createLokiReceiver({ url: service.url, token: null, hostname }));
  one.log.info('patience');
  await until('it is taken', () => one.shipper.figures().shipped === 1);
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(998);
});

test('a redirect is not followed, because it would carry the token elsewhere', async () => {
  const elsewhere = running(await httpService(() => ({ status: 204 })));
  const service = running(
    await httpService(() => ({ status: 307, headers: { location: elsewhere.url.href } })),
  );
  const one = ship(createLokiReceiver({ url: service.url, token: 'bearer-token', hostname }));
  expect(await one.shipper.contact(one.log)).toBe('it answered 307');
  expect(elsewhere.asked()).toBe(0);
});

test('the set-up code and lines too long for any service stay here', async () => {
  const keep = keepAsLoki();
  const service = running(await httpService(({ body }, lines) => (keep(body, lines), { status: 204 })));
  const one = ship(createLokiReceiver({ url: service.url, token: null, hostname }));
  one.log.info('setup_code', { code: 'AAAA-BBBB' });
  one.log.info('long', { text: 'x'.repeat(200_001) });
  one.log.info('sign_in', { password: 'hunter2' });
  await until('the rest is there', () => service.lines.length === 1);
  expect(service.lines.join('')).not.toMatch(/AAAA|hunter2|xxxx/);
  expect(one.shown).toHaveLength(3);
  expect(one.shipper.figures().dropped.too_long).toBe(1);
});

async function endQuickly(shipper: Shipper, withinMs: number): Promise<void> {
  const began = performance.now();
  await shipper.flush();
  expect(performance.now() - began).toBeLessThan(withinMs);
}
