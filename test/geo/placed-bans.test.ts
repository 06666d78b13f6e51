/** The real process: bans by country and network, in the list, as they happen, and after a file was changed. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, until, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { mmdbFile } from '../mmdb.ts';
import { signIn, type Operator } from '../operator.ts';

let folder: string;
let file: string;
let fail2ban: RealFail2ban;
let bangui: RunningBangui;
let operator: Operator;

const saying = (country: string): Buffer =>
  mmdbFile({ entries: [['9.0.0.0/8', { country: { iso_code: country } }]], type: `Says-${country}` });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bangui-places-'));
  file = join(folder, 'country.mmdb');
  fail2ban = await startFail2ban();
  bangui = await startBangui({ socket: fail2ban.socket, env: { BANGUI_GEOIP_COUNTRY_DB: file } });
  operator = await signIn(bangui.url);
}, 60_000);
afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const list = z.object({
  total: z.number(),
  items: z.array(
    z.object({
      ip: z.string(),
      country: z.string(),
      asn: z.number().nullable(),
      as_name: z.string().nullable(),
    }),
  ),
});
const active = async (query = '') => list.parse((await operator.get(`/api/v1/bans/active${query}`)).body);
const countryOf = async (ip: string) => (await active()).items.find((ban) => ban.ip === ip)?.country;

test('the file that is named and missing is warned about; the data of BanGUI answers', async () => {
  const line = bangui.lines.find(({ event }) => event === 'geo_file_missing');
  expect(line).toMatchObject({ level: 'warning', path: file });
  const body = z
    .object({ items: z.array(z.object({ kind: z.string(), bundled: z.boolean(), date: z.iso.datetime() })) })
    .parse((await operator.get('/api/v1/geo')).body);
  expect(body.items).toMatchObject([
    { kind: 'country', bundled: true },
    { kind: 'network', bundled: true },
  ]);
});

test('bans say where they come from, as they happen and in the list, and can be filtered by it', async () => {
  const stream = await fetch(`${bangui.url}/api/v1/live`, { headers: { cookie: operator.cookie } });
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  await fail2ban.client('set', 'manual', 'banip', '8.8.8.8');
  let heard = '';
  while (!/event: ban\ndata: .*\n/.test(heard)) heard += (await reader?.read())?.value ?? '';
  await reader?.cancel();
  expect(JSON.parse(/event: ban\ndata: (.*)\n/.exec(heard)?.[1] ?? '')).toMatchObject({
    ip: '8.8.8.8',
    country: 'US',
    asn: 15_169,
    as_name: 'Google LLC',
  });

  const others = ['9.9.9.9', '10.1.2.3', '2001:db8::7', '2001:67c:2e8:22::c100:68b', '193.0.6.0/24'];
  await fail2ban.client('set', 'manual', 'banip', ...others);
  await until('all are listed', async () => (await active()).total === 6);
  const { items } = await active('?sort=ip');
  expect(items.map(({ ip, country }) => `${ip} ${country}`)).toEqual([
    '8.8.8.8 US',
    '9.9.9.9 US',
    '10.1.2.3 private',
    '193.0.6.0/24 NL',
    '2001:67c:2e8:22::c100:68b NL',
    '2001:db8::7 reserved',
  ]);
  expect(items[2]).toMatchObject({ asn: null, as_name: null });
  expect(items[4]).toMatchObject({ asn: 3333 });
  expect((await active('?country=NL')).total).toBe(2);
  expect((await active('?country=!US&sort=ip')).items.map(({ country }) => country)).not.toContain('US');
  expect((await operator.get('/api/v1/bans/active?country=%27')).status).toBe(422);
});

test('a file dropped in answers within seconds, also for bans already in the list; so does the next', async () => {
  await writeFile(file, saying('DE'));
  await until('the new file answers', async () => (await countryOf('9.9.9.9')) === 'DE');
  await writeFile(`${file}.next`, saying('FR'));
  await rename(`${file}.next`, file);
  await until('the file in its place answers', async () => (await countryOf('9.9.9.9')) === 'FR');
  await writeFile(file, 'not a database');
  await until('it is refused', () => bangui.lines.some(({ event }) => event === 'geo_file_refused'));
  expect(await countryOf('9.9.9.9')).toBe('FR');
  const logged = bangui.lines.flatMap(({ event, type }) => (event === 'geo_data_loaded' ? [type] : []));
  expect(logged).toEqual(expect.arrayContaining(['Says-DE', 'Says-FR']));
});

test('a start with broken files succeeds, and its end leaves nothing running', async () => {
  expect(await bangui.stop()).toBe(0);
  bangui = await bangui.restart();
  operator = await signIn(bangui.url);
  await until('the bans are placed anew', async () => (await countryOf('9.9.9.9')) === 'US');
});
