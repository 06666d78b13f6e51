/** The address page's endpoints in the running program, beside a real fail2ban. */
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBangui, until, type RunningBangui } from '../test/bangui.ts';
import { startFail2ban, type RealFail2ban } from '../test/fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../test/operator.ts';
import { onPostgres } from '../test/servers/test-databases.ts';
import { lookup, repeatOffenders, subnetAdvice } from './features/address/contract.ts';

let fail2ban: RealFail2ban;
let bangui: RunningBangui;
let operator: Operator;

beforeAll(async () => {
  fail2ban = await startFail2ban();
  bangui = await startBangui({
    socket: fail2ban.socket,
    env: { BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir },
  });
  operator = await signIn(bangui.url);
});
afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
});

test('an address that fail2ban bans is known at once, with the jails that ignore it and those that hold it', async () => {
  await fail2ban.client('set', 'sshd', 'banip', '203.0.113.77');
  const known = async () =>
    lookup.output.parse((await operator.get('/api/v1/lookup/203.0.113.77')).body).banned_in;
  await until('the ban is known', async () => (await known()).length > 0);
  expect(await known()).toMatchObject([{ jail: 'sshd', ban_count: 1 }]);
  const { body } = await operator.get('/api/v1/lookup/127.0.0.1');
  expect(lookup.output.parse(body)).toMatchObject({ banned_in: [], country: 'private' });
  expect(lookup.output.parse(body).ignored_in.toSorted()).toEqual(fail2ban.jails.toSorted());
});

test('offenders and ranges answer, and wrong questions are refused', async () => {
  const offenders = await operator.get('/api/v1/history/offenders?page_size=3');
  expect(repeatOffenders.output.parse(offenders.body).next_cursor).toBeNull();
  subnetAdvice.output.parse((await operator.get('/api/v1/history/subnets')).body);
  expect((await operator.get('/api/v1/lookup/nowhere')).status).toBe(422);
  expect((await operator.get('/api/v1/history/events/1/why')).status).toBe(404);
  expect((await operator.get('/api/v1/history/events/x/why')).status).toBe(422);
  expect((await fetch(`${bangui.url}/api/v1/lookup/203.0.113.77`)).status).toBe(401);
});

test.skipIf(onPostgres())('the settings of every jail are recorded, and it ends in good order', async () => {
  const recorded = () => {
    const file = new DatabaseSync(`${bangui.dir}/bangui.db`, { readOnly: true });
    try {
      return file.prepare('SELECT DISTINCT jail FROM jail_settings').all().length;
    } finally {
      file.close();
    }
  };
  await until('all jails are recorded', () => recorded() === fail2ban.jails.length);
  expect(await bangui.stop()).toBe(0);
});
