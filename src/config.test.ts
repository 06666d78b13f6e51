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
    expect(toldOf).toContain('BANGUI_DATABASE_URL must be a URL such as `postgres://…`');
    expect(toldOf).not.toContain('hunter2');
  }
});

test('a name that is no setting is warned about, with the nearest one', () => {
  expect(readConfig({ BANGUI_LISTEN_HSOT: '::' }).warnings).toEqual([
    'BANGUI_LISTEN_HSOT is not a setting and has no effect. The nearest one is BANGUI_LISTEN_HOST.',
  ]);
});

const shipping = (given: Record<string, string>) => ({
  BANGUI_EXTERNAL_LOGGING_ENABLED: 'true',
  ...Object.fromEntries(
    Object.entries(given).map(([name, text]) => [`BANGUI_EXTERNAL_LOGGING_${name}`, text]),
  ),
});

test.each([
  [{}, 'PROVIDER must be set'],
  [{ PROVIDER: 'graylog' }, 'PROVIDER must be one of'],
  [{ PROVIDER: 'loki' }, 'URL must be set for `loki`'],
  [{ PROVIDER: 'elasticsearch' }, 'URL must be set for `elasticsearch`'],
  [{ PROVIDER: 'loki', URL: 'udp://a.example:514' }, 'URL must begin with `http://` or `https://`'],
  [{ PROVIDER: 'loki', URL: 'ftp://a.example' }, 'URL must be a URL that begins with'],
  [{ PROVIDER: 'loki', URL: 'https://me:hunter2@a.example' }, 'URL must not hold a user name or password'],
  [{ PROVIDER: 'loki', URL: 'https://a.example', HOST: 'b.example' }, 'HOST is for `syslog` only'],
  [{ PROVIDER: 'datadog' }, 'TOKEN must be set for `datadog`'],
  [
    { PROVIDER: 'elasticsearch', URL: 'http://a.example', INDEX: 'Upper Case' },
    'INDEX is no name of an index',
  ],
  [{ PROVIDER: 'syslog' }, 'HOST or BANGUI_EXTERNAL_LOGGING_URL must be set for `syslog`'],
  [
    { PROVIDER: 'syslog', HOST: 'a.example', URL: 'tls://b.example:1' },
    'HOST and BANGUI_EXTERNAL_LOGGING_URL both name the syslog receiver',
  ],
  [{ PROVIDER: 'syslog', URL: 'https://a.example:1' }, 'URL must look like `tls://logs.example.org:6514`'],
  [{ PROVIDER: 'syslog', URL: 'tls://a.example' }, 'URL must look like `tls://logs.example.org:6514`'],
  [{ PROVIDER: 'syslog', HOST: 'a.example', TOKEN: '12345678' }, 'TOKEN cannot be used with `syslog`'],
])('shipping logs with %j is a mistake', (given, sentence) => {
  const told = mistakes(shipping(given));
  expect(told).toContain(`BANGUI_EXTERNAL_LOGGING_${sentence}`);
  expect(told).not.toContain('hunter2');
});

test.each([
  [
    { PROVIDER: 'syslog', HOST: 'a.example' },
    { provider: 'syslog', transport: 'tcp', host: 'a.example', port: 514 },
  ],
  [
    { PROVIDER: 'syslog', URL: 'tls://[::1]:6514' },
    { provider: 'syslog', transport: 'tls', host: '::1', port: 6514 },
  ],
  [
    { PROVIDER: 'syslog', URL: 'udp://a.example:5/' },
    { provider: 'syslog', transport: 'udp', host: 'a.example', port: 5 },
  ],
  [
    { PROVIDER: 'datadog', TOKEN: 'key-key-key' },
    { provider: 'datadog', url: new URL('https://http-intake.logs.datadoghq.com'), token: 'key-key-key' },
  ],
  [
    { PROVIDER: 'elasticsearch', URL: 'https://a.example' },
    { provider: 'elasticsearch', url: new URL('https://a.example'), token: null, index: 'bangui' },
  ],
])('shipping logs with %j', (given, target) => {
  expect(readConfig(shipping(given)).logTarget).toEqual(target);
});

test('shipping that is off needs nothing, and is told together with every other mistake when on', () => {
  expect(readConfig({ BANGUI_EXTERNAL_LOGGING_PROVIDER: 'loki' }).logTarget).toBeNull();
  const told = mistakes({
    ...shipping({ PROVIDER: 'loki' }),
    BANGUI_PORT: 'x',
    BANGUI_METRICS_TOKEN: 'short',
  });
  expect(told).toContain('BANGUI_PORT');
  expect(told).toContain('BANGUI_EXTERNAL_LOGGING_URL');
  expect(told).toContain('BANGUI_METRICS_TOKEN must have at least 16 characters');
});

test('traces are wanted by the standard variables of OpenTelemetry, which are checked too', () => {
  const endpoint = 'http://collector.example:4318';
  expect(readConfig({}).traces).toBe(false);
  expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }).traces).toBe(true);
  expect(readConfig({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint }).traces).toBe(true);
  expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'true' }).traces).toBe(false);
  expect(mistakes({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toContain(
    'OTEL_EXPORTER_OTLP_ENDPOINT must be',
  );
});

test('Docs/CONFIGURATION.md and .env.example are what the table says', () => {
  expect(readFileSync('Docs/CONFIGURATION.md', 'utf8')).toBe(configurationPage());
  expect(readFileSync('.env.example', 'utf8')).toBe(exampleEnvironment());
});
