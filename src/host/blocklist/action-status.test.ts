import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStatus } from './action-status.ts';
import { actionText, jailText, readJailText } from './jail-files.ts';

describe('what the action wrote down', () => {
  const whole = [
    'id=abc',
    'tried=def',
    'state=failed',
    'error=ipset restore ended with 1: line 7 = bad',
    'entries_v4=12',
    'entries_v6=3',
    'loaded_at=1795000000',
    'packets=18446744073',
    'bytes=0',
    'counting_since=',
    'counted_at=1795000001',
    'own=192.0.2.1 fe80::1 nonsense',
    'gateways=',
    'resolvers=192.0.2.53',
    'chains=INPUT DOCKER-USER OTHER',
    'ipset=7.17',
    'lost=ip6tables',
    '',
  ];
  let dir: string;
  const read = async (text: string) => {
    await writeFile(join(dir, 'status'), text);
    return await readStatus(dir);
  };
  beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'bangui-status-'))));
  afterAll(() => rm(dir, { recursive: true }));

  it('is read, without what is no address and no chain of ours', async () => {
    expect(await readStatus(dir)).toBeNull();
    expect(await read(whole.join('\n'))).toMatchObject({
      id: 'abc',
      tried: 'def',
      state: 'failed',
      error: 'ipset restore ended with 1: line 7 = bad',
      entriesV4: 12,
      loadedAt: 1_795_000_000_000,
      packets: 18_446_744_073,
      countingSince: null,
      ownAddresses: ['192.0.2.1', 'fe80::1'],
      chains: ['INPUT', 'DOCKER-USER'],
      lost: [expect.stringContaining('ip6tables is missing')],
    });
  });

  it.each([
    ['nothing', ''],
    ['a part', whole.slice(0, 9).join('\n')],
    ['a line more', [...whole, 'more=1'].join('\n')],
    ['no number', whole.join('\n').replace('=12', '=-12')],
    ['another state', whole.join('\n').replace('=failed', '=fine')],
    ['endless', `${whole.join('\n')}error=${'x'.repeat(100_000)}`],
  ])('is not believed when it is %s', async (_, text) => expect(await read(text)).toBeNull());
});

describe('the files of the jail', () => {
  it('hold nothing that fail2ban would read as a comment or a reference of its own', () => {
    const text = actionText();
    expect(text).not.toMatch(/\s;/);
    expect(text.replaceAll('%%', '')).not.toContain('%');
  });

  it('say again what they were made for', () => {
    const chosen = { method: 'ipset', chains: ['INPUT', 'DOCKER-USER'] } as const;
    expect(readJailText(jailText(chosen, '/srv/lists'))).toStrictEqual(chosen);
    expect(readJailText(jailText({ method: 'bans', chains: [] }, '/srv/lists'))).toStrictEqual({
      method: 'bans',
      chains: [],
    });
    expect(readJailText('[other]\nenabled = true\n')).toBeNull();
    expect(readJailText(jailText(chosen, '/srv/lists').replace('= true', '= false'))).toBeNull();
  });
});
