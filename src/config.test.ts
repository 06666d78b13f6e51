/** Settings: what is accepted, how mistakes are told, and that the documentation says the same. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configurationPage, exampleEnvironment } from './config-page.ts';
import { readConfig, settings } from './config.ts';

const mistakes = (environment: Record<string, string>): string => {
  try {
    readConfig(environment);
  } catch (error) {
    return String(error);
  }
  return '';
};

test('nothing set gives the documented defaults', () => {
  const { config, configured, warnings } = readConfig({ PATH: '/bin' });
  expect(config).toMatchObject({
    listenHost: '127.0.0.1',
    port: 8000,
    fail2banSocket: '/var/run/fail2ban/fail2ban.sock',
    practice: 'auto',
    schedulerLockMode: 'reject',
    sessionDurationMinutes: 480,
    sessionCookieSecure: true,
    rateLimitPerMinute: 600,
    shutdownTimeoutSeconds: 25,
  });
  expect(config.databasePath).toBe(join(process.cwd(), 'data/bangui.db'));
  expect(configured.size).toBe(0);
  expect(warnings).toEqual([]);
});

test('every setting of the table is read', () => {
  expect(Object.keys(readConfig({}).config).toSorted()).toEqual(Object.keys(settings).toSorted());
});

test('what the operator set is known apart from the defaults', () => {
  expect([...readConfig({ BANGUI_FAIL2BAN_SOCKET: '/run/f2b.sock', BANGUI_PORT: '' }).configured]).toEqual([
    'fail2banSocket',
  ]);
});

test('all mistakes are told at once, with name and reason, and without the values of secrets', () => {
  const told = mistakes({
    BANGUI_PORT: '80a',
    BANGUI_RATE_LIMIT_PER_MINUTE: '0',
    BANGUI_PRACTICE: 'maybe',
    BANGUI_TRUSTED_PROXIES: '10.0.0.0/8, proxy.example',
    BANGUI_SESSION_SECRET: 'hunter2',
    BANGUI_SESSION_CACHE_ENABLED: 'perhaps',
  });
  expect(told).toContain('6 mistakes');
  expect(told).toContain('BANGUI_PORT must be a whole number from 0 to 65535');
  expect(told).toContain('BANGUI_RATE_LIMIT_PER_MINUTE must be a whole number from 1 to 10000000');
  expect(told).toContain('BANGUI_PRACTICE must be one of `auto`, `always`, `never`');
  expect(told).toContain('BANGUI_TRUSTED_PROXIES holds `proxy.example`');
  expect(told).toContain('BANGUI_SESSION_SECRET must have at least 32 characters');
  expect(told).not.toContain('hunter2');
});

test.each(['1e3', '0x10', '-1', '65536', '1.5', '٣', 'NaN'])('%s is no port', (port) => {
  expect(mistakes({ BANGUI_PORT: port })).toContain('BANGUI_PORT');
});

test('a wildcard origin is refused, because calls carry the session cookie', () => {
  expect(mistakes({ BANGUI_CORS_ALLOWED_ORIGINS: 'https://a.example,*' })).toContain('`*` cannot be used');
});

test.each(['https://a.example/', 'a.example', 'ftp://a.example', 'https://a.example/path', 'null'])(
  '%s is no origin',
  (origin) => {
    expect(mistakes({ BANGUI_CORS_ALLOWED_ORIGINS: origin })).toContain('is no origin');
  },
);

test('an empty list of origins switches them off', () => {
  expect(readConfig({ BANGUI_CORS_ALLOWED_ORIGINS: '' }).config.corsAllowedOrigins).toEqual([]);
});

test('a cookie for other sites must be secure', () => {
  const told = mistakes({ BANGUI_SESSION_COOKIE_SAMESITE: 'none', BANGUI_SESSION_COOKIE_SECURE: 'false' });
  expect(told).toContain('BANGUI_SESSION_COOKIE_SAMESITE');
});

test('a secret can come from a file, but not from two places', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bangui-config-'));
  const file = join(folder, 'secret');
  writeFileSync(file, `${'s'.repeat(40)}\n`);
  expect(readConfig({ BANGUI_SESSION_SECRET_FILE: file }).config.sessionSecret).toBe('s'.repeat(40));
  expect(mistakes({ BANGUI_SESSION_SECRET_FILE: file, BANGUI_SESSION_SECRET: 's'.repeat(40) })).toContain(
    'set twice',
  );
  rmSync(folder, { recursive: true });
  expect(mistakes({ BANGUI_SESSION_SECRET_FILE: file })).toContain('BANGUI_SESSION_SECRET cannot be read');
});

test('a PostgreSQL URL needs the session secret, and its mistakes are told without its text', () => {
  const url = 'postgresql://bangui:hunter2@db.example/bangui';
  const secret = 's'.repeat(32);
  expect(readConfig({ BANGUI_DATABASE_URL: url, BANGUI_SESSION_SECRET: secret }).config.databaseUrl).toBe(
    url,
  );
  const told = mistakes({ BANGUI_DATABASE_URL: url, BANGUI_PORT: 'x' });
  expect(told).toContain('2 mistakes');
  expect(told).toContain(
    'BANGUI_SESSION_SECRET is required when BANGUI_DATABASE_URL is set, since several instances must share it',
  );
  for (const wrong of ['mysql://hunter2@db/x', 'db.example/hunter2', 'postgres://bangui:hunter2@db:port/x']) {
    const toldOf = mistakes({ BANGUI_DATABASE_URL: wrong, BANGUI_SESSION_SECRET: secret });
    expect(toldOf).toContain('BANGUI_DATABASE_URL must be a URL that begins with `postgres://`');
    expect(toldOf).not.toContain('hunter2');
  }
});

test('a name that is no setting is warned about, with the nearest one', () => {
  expect(readConfig({ BANGUI_LISTEN_HSOT: '::' }).warnings).toEqual([
    'BANGUI_LISTEN_HSOT is not a setting and has no effect. The nearest one is BANGUI_LISTEN_HOST.',
  ]);
});

test('Docs/CONFIGURATION.md and .env.example are what the table says', () => {
  expect(readFileSync('Docs/CONFIGURATION.md', 'utf8')).toBe(configurationPage());
  expect(readFileSync('.env.example', 'utf8')).toBe(exampleEnvironment());
});
