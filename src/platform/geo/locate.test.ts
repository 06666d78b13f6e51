/** Where addresses are: special ranges, the data that comes with BanGUI, and files of every maker. */
import { beforeAll, describe, expect, test } from 'vitest';
import { MessageChannel } from 'node:worker_threads';
import { mmdbFile, type MmdbOptions } from '../../../test/mmdb.ts';
import { silentLog } from '../../base/log.ts';
import { bundledCountries, dayIn, loadBundledNetworks } from './bundled.ts';
import { locateFrom, type SharedGeo } from './locate.ts';
import type { Locate } from './place.ts';
import { readShared } from './read-shared.ts';

const shared = (bytes: Uint8Array): SharedArrayBuffer => {
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
};
const nothing: SharedGeo = { country: null, network: null, city: null };
const countryFile = (options: MmdbOptions): Locate =>
  locateFrom({ ...nothing, country: shared(mmdbFile(options)) });
const networkFile = (options: MmdbOptions): Locate =>
  locateFrom({ ...nothing, network: { form: 'mmdb', data: shared(mmdbFile(options)) } });

describe('with the data that comes with BanGUI', () => {
  let data: SharedGeo;
  let locate: Locate;
  beforeAll(async () => {
    const networks = await loadBundledNetworks({ log: silentLog, signal: new AbortController().signal });
    data = {
      country: await readShared(bundledCountries),
      network: { form: 'table', data: networks },
      city: null,
    };
    locate = locateFrom(data);
  });

  test('well-known addresses of both families have country, network and range', () => {
    expect(locate('8.8.8.8')).toEqual({
      country: 'US',
      asn: 15_169,
      asName: 'Google LLC',
      range: '8.8.8.0/24',
      city: null,
    });
    expect(locate('193.0.6.139')).toMatchObject({ country: 'NL', asn: 3333 });
    expect(locate('2001:67c:2e8:22::c100:68b')).toMatchObject({ country: 'NL', asn: 3333 });
    expect(locate('2001:4860:4860::8888')).toMatchObject({ country: 'US', asn: 15_169 });
    expect(locate('::ffff:8.8.8.8')).toEqual(locate('8.8.8.8'));
    expect(locate('8.8.8.0/24')).toEqual(locate('8.8.8.0'));
  });

  test.each([
    ['private', ['10.0.0.1', '172.16.0.0', '172.31.255.255', '192.168.1.1', '127.0.0.1', '169.254.0.1']],
    ['private', ['100.64.0.0', '100.127.255.255', '::1', 'fd00::1', 'fe80::1', 'febf::1', '::ffff:10.0.0.1']],
    [
      'reserved',
      ['0.0.0.0', '192.0.2.1', '198.51.100.7', '203.0.113.9', '198.18.0.1', '224.0.0.1', '240.0.0.1'],
    ],
    [
      'reserved',
      ['255.255.255.255', '192.0.0.1', '::', '2001:db8::1', 'ff02::1', '3fff::1', '2001::1', '0.0.0.0/0'],
    ],
    [
      'unknown',
      ['', 'unknown', '10.0.0', '1.2.3.4.5', '010.0.0.1', 'fe80::1%eth0', ' 8.8.8.8', '8.8.8.8/33'],
    ],
    ['unknown', ['4000::1', '192.0.0.9']],
  ])('%s: %j', (country, addresses) => {
    for (const ip of addresses) {
      expect(locate(ip), ip).toEqual({ country, asn: 0, asName: null, range: null, city: null });
    }
  });

  test.each(['9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '100.63.255.255', '100.128.0.0'])(
    'beside a private range, %s is of the internet',
    (ip) => {
      expect(locate(ip).country).toMatch(/^[A-Z]{2}$/);
    },
  );

  test('every range holds its address and is of one network', () => {
    for (let n = 1; n < 2_000; n++) {
      const ip = `${1 + ((n * 7) % 222)}.${(n * 13) & 255}.${(n * 29) & 255}.${(n * 31) & 255}`;
      const { range, asn } = locate(ip);
      if (range === null) continue;
      const [first = '', prefix = '32'] = range.split('/');
      const inside = (text: string): number =>
        text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
      const size = 2 ** (32 - Number(prefix));
      expect(inside(ip) - inside(first)).toBeGreaterThanOrEqual(0);
      expect(inside(ip) - inside(first)).toBeLessThan(size);
      const last = inside(first) + size - 1;
      const lastText = [24, 16, 8, 0].map((shift) => Math.floor(last / 2 ** shift) % 256).join('.');
      expect([locate(first).asn, locate(lastText).asn]).toEqual([asn, asn]);
    }
  });

  test('another thread gets the data itself, not a copy', async () => {
    const { port1, port2 } = new MessageChannel();
    const received = new Promise<SharedGeo>((resolve) => port2.once('message', resolve));
    port1.postMessage(data);
    const there = await received;
    port1.close();
    if (there.country === null || data.country === null) throw new Error('no country data');
    new Uint8Array(data.country)[0] = new Uint8Array(data.country)[0] ?? 0;
    expect(there.country.byteLength).toBe(data.country.byteLength);
    expect(locateFrom(there)('8.8.8.8')).toEqual(locate('8.8.8.8'));
  });
});

describe('files of your own', () => {
  test.each([24, 28, 32] as const)('are read with records of %i bits', (recordSize) => {
    const locate = countryFile({
      recordSize,
      entries: [
        ['8.0.0.0/8', { country: { iso_code: 'US' } }],
        ['8.9.0.0/16', { country: { iso_code: 'FR' } }],
        ['2400::/12', { country: { iso_code: 'JP' } }],
      ],
    });
    const countries = ['8.8.8.8', '8.9.255.255', '8.10.0.0', '9.0.0.0', '2400::1', '2500::1'];
    expect(countries.map((ip) => locate(ip).country)).toEqual(['US', 'FR', 'US', 'unknown', 'JP', 'unknown']);
  });

  test.each([
    ['GeoLite2 and DB-IP', { country: { iso_code: 'DE', names: { en: 'Germany' } } }, 'DE'],
    ['GeoLite2, used nowhere in particular', { registered_country: { iso_code: 'AU' } }, 'AU'],
    ['IPinfo Lite', { country: 'Germany', country_code: 'DE', asn: 'AS64496' }, 'DE'],
    ['IPinfo', { country: 'DE', country_name: 'Germany' }, 'DE'],
    ['ip-location-db', { country_code: 'DE' }, 'DE'],
    ['lower case', { country_code: 'de' }, 'DE'],
    ['unknown to the registry', { country_code: 'ZZ' }, 'unknown'],
    ['no code', { country: { iso_code: 'Germany' } }, 'unknown'],
    ['markup', { country_code: '<b' }, 'unknown'],
    ['no map at all', 'DE', 'unknown'],
  ])('countries: %s', (_maker, record, country) => {
    expect(countryFile({ entries: [['8.0.0.0/8', record]] })('8.8.8.8').country).toBe(country);
  });

  test.each([
    ['GeoLite2 and DB-IP', { autonomous_system_number: 64_496, autonomous_system_organization: 'Kestrel' }],
    ['IPinfo', { asn: 'AS64496', name: 'Kestrel', domain: 'kestrel.example' }],
    ['IPinfo Lite', { asn: 'AS64496', as_name: 'Kestrel', country_code: 'DE' }],
    ['control characters', { asn: '64496', as_name: '\u001b[31mKestrel\u202e\n'.replace('[31m', '') }],
  ])('networks: %s', (_maker, record) => {
    const locate = networkFile({ entries: [['8.8.8.0/23', record]], type: 'Test-ASN' });
    expect(locate('8.8.9.9')).toMatchObject({ asn: 64_496, asName: 'Kestrel', range: '8.8.8.0/23' });
    expect(locate('8.8.10.1')).toMatchObject({ asn: 0, asName: null, range: null });
  });

  test('a network without a usable number is none', () => {
    for (const asn of ['AS0', 'AS-1', '', '99999999999', 'Kestrel']) {
      expect(networkFile({ entries: [['8.0.0.0/8', { asn, name: 'x' }]] })('8.8.8.8')).toMatchObject({
        asn: 0,
        asName: null,
      });
    }
  });

  test.each([
    ['MaxMind', { city: { names: { en: 'Utrecht', nl: 'Utrecht' } } }],
    ['others', { city: 'Utrecht', country_code: 'NL' }],
  ])('cities: %s', (_maker, record) => {
    const city = shared(mmdbFile({ entries: [['8.0.0.0/8', record]], type: 'Test-City' }));
    expect(locateFrom({ ...nothing, city })('8.8.8.8').city).toBe('Utrecht');
    expect(locateFrom({ ...nothing, city })('9.8.8.8').city).toBeNull();
  });

  test('a file of IPv4 says nothing of IPv6', () => {
    const locate = countryFile({ ipVersion: 4, entries: [['0.0.0.0/1', { country_code: 'DE' }]] });
    expect(locate('8.8.8.8').country).toBe('DE');
    expect(locate('2a00::1').country).toBe('unknown');
  });

  test('damage in a file makes addresses unknown, is told, and never thrown', () => {
    const file = mmdbFile({ entries: [['8.0.0.0/8', { country_code: 'DE' }]] });
    const record = file.indexOf('country_code') - 2;
    file[record] = 0;
    file[record + 1] = 0;
    const faults: unknown[] = [];
    const locate = locateFrom({ ...nothing, country: shared(file) }, (error) => faults.push(error));
    expect(locate('8.8.8.8').country).toBe('unknown');
    expect(faults).toHaveLength(1);
  });
});

test('the day is read from the version of the package', () => {
  expect(dayIn('2.3.2026061719')).toBe(Date.UTC(2026, 5, 17));
  expect(dayIn('2.3.0')).toBeNull();
});
