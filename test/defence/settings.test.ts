/** Wrong settings stop the real process at once, with one message that names all of them. */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig, settings } from '../../src/config.ts';
import type { Setting } from '../../src/setting.ts';

const all: readonly Setting<unknown>[] = Object.values(settings);
const secrets = all.filter(({ secret }) => secret);
const long = 'x'.repeat(40);

interface Wrong {
  /** Another kind of value altogether. */
  type: string;
  /** The right kind, but not allowed. */
  range: string;
}

/** By the kind of the setting, so that a new one is tested from its first day. */
function wrongFor({ name, type }: Setting<unknown>): Wrong {
  const numbers = /^(\d+) to (\d+)$/.exec(type);
  if (numbers !== null) return { type: 'many', range: String(Number(numbers[2]) + 1) };
  if (type === 'text') return { type: 'with a bell \u0007', range: 'two\nlines' };
  if (type === '`true` or `false`') return { type: 'perhaps', range: '2' };
  const least = /^text of at least (\d+) characters$/.exec(type);
  if (least !== null) return { type: 'hunter2', range: 'x'.repeat(Number(least[1]) - 1) };
  if (type === 'URL') return { type: 'hunter2', range: 'gopher://hunter2@localhost:70/x' };
  if (type.startsWith('origins')) return { type: 'nowhere', range: '*' };
  if (type.startsWith('addresses')) return { type: 'proxy.example', range: '10.0.0.0/33' };
  if (type.startsWith('absolute paths')) return { type: 'logs', range: '/var/log,logs' };
  if (type === 'command') return { type: 'fail2ban-client "start', range: ' ' };
  if (/^`\w+:\/\/…`/.test(type)) return { type: 'hunter2', range: 'http://hunter2@localhost/x' };
  if (/^`[^`]+`(, `[^`]+`)+$/.test(type)) return { type: '7', range: 'something-else' };
  return expect.fail(`say here what a wrong value of ${name} looks like (${type})`);
}

let folder = '';
let secretFile = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-settings-'));
  secretFile = join(folder, 'secret');
  writeFileSync(secretFile, `${long}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(environment: Record<string, string>) {
  const began = performance.now();
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: 'node_modules/.cache/compile', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let logged = '';
  child.stderr.on('data', (text) => (said += String(text)));
  child.stdout.on('data', (text) => (logged += String(text)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said, logged, ms: performance.now() - began };
}
const everyWrong = (kind: keyof Wrong): Record<string, string> =>
  Object.fromEntries(all.map((setting) => [setting.name, wrongFor(setting)[kind]]));
const namesIn = (said: string): string[] =>
  [...said.matchAll(/^ {2}- (BANGUI_\w+) /gm)].map(([, name = '']) => name);

describe.each([
  ['of another type', 'type' as const],
  ['out of range', 'range' as const],
])('a value %s', (_name, kind) => {
  test.each(all.map((setting) => [setting.name, setting] as const))('is refused for %s', (name, setting) => {
    expect(() => readConfig({ [name]: wrongFor(setting)[kind] })).toThrow(
      new RegExp(`^The conf.*\n  - ${name} `),
    );
  });

  test('for all settings at once ends the process within two seconds, and all are told', async () => {
    const { code, said, logged, ms } = await start(everyWrong(kind));
    expect(namesIn(said)).toEqual(expect.arrayContaining(all.map(({ name }) => name)));
    expect(said).toMatch(new RegExp(`^The configuration has ${namesIn(said).length} mistakes:\n`));
    expect([code, logged]).toEqual([1, '']);
    expect(said).not.toContain('hunter2');
    expect(ms).toBeLessThan(2_000);
  });
});

const pairs: [string, Record<string, string>, string][] = [
  [
    'a cookie for other sites that is not secure',
    { BANGUI_SESSION_COOKIE_SAMESITE: 'none', BANGUI_SESSION_COOKIE_SECURE: 'false' },
    'BANGUI_SESSION_COOKIE_SAMESITE',
  ],
  [
    'a shared database without a shared secret',
    { BANGUI_DATABASE_URL: 'postgres://localhost/bangui' },
    'BANGUI_SESSION_SECRET',
  ],
];

test('settings that contradict each other are all told, with exit code 1 within two seconds', async () => {
  const { code, said, ms } = await start(Object.assign({}, ...pairs.map(([, environment]) => environment)));
  expect(namesIn(said).toSorted()).toEqual(pairs.map(([, , name]) => name).toSorted());
  expect(code).toBe(1);
  expect(ms).toBeLessThan(2_000);
});

test('the files for containers and clusters name no setting that does not exist', () => {
  // of the compose file itself
  const ofCompose = ['BANGUI_PORT_PUBLISHED', 'BANGUI_WATCHED_LOGS'];
  const known = new Set([...all.flatMap(({ name }) => [name, `${name}_FILE`]), ...ofCompose]);
  const files = globSync(['Docker/**/*', 'deploy/**/*'], { withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  const named = files.flatMap((file) =>
    [...readFileSync(join(file.parentPath, file.name), 'utf8').matchAll(/BANGUI_[A-Z_]+/g)].map(
      ([name]) => name,
    ),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test.each(pairs)('%s is refused', (_name, environment, named) => {
  expect(() => readConfig(environment)).toThrow(named);
  for (const [left] of Object.entries(environment)) {
    const rest = Object.fromEntries(Object.entries(environment).filter(([name]) => name !== left));
    expect(() => readConfig({ ...rest, BANGUI_SESSION_SECRET: long })).not.toThrow();
  }
});

test('every secret can come from a file, not from two places, and a file that is missing is told', async () => {
  expect(secrets.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'BANGUI_DATABASE_URL',
      'BANGUI_REDIS_URL',
      'BANGUI_SESSION_SECRET',
      'BANGUI_SESSION_SECRET_PREVIOUS',
    ]),
  );
  const twice = Object.fromEntries(
    secrets.flatMap(({ name }) => [
      [name, long],
      [`${name}_FILE`, secretFile],
    ]),
  );
  const missing = Object.fromEntries(secrets.map(({ name }) => [`${name}_FILE`, join(folder, 'gone')]));
  for (const [environment, why] of [
    [twice, 'is set twice'],
    [missing, 'cannot be read from the file'],
  ] as const) {
    const { code, said } = await start(environment);
    expect(code).toBe(1);
    for (const { name } of secrets) expect(said).toMatch(new RegExp(`- ${name} ${why}`));
    expect(said).not.toContain(long);
  }
});
