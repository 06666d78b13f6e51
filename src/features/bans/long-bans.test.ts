/** Bans that last longer than their jail bans for: kept alive through everything but somebody's own unban. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, until } from '../../../test/bangui.ts';
import { startFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { signIn } from '../../../test/operator.ts';

const jailSeconds = 12;
const shortJail = `
[short]
enabled = true
filter = never
logpath = /dev/null
bantime = ${jailSeconds}
`;
const listed = z.object({
  items: z.array(z.object({ ip: z.string(), expires_at: z.string().nullable(), ends_early: z.boolean() })),
});

const ip = '8.8.4.4';
/** Longer than the jail's ban time and everything that BanGUI waits for before it bans again, ms. */
const longEnough = (jailSeconds + 15) * 1000;

/** A fail2ban and a BanGUI for one test: they wait for most of their time, so they do it side by side. */
async function openScene() {
  const fail2ban = await startFail2ban({ jails: shortJail });
  let bangui = await startBangui({ socket: fail2ban.socket });
  let operator = await signIn(bangui.url);
  await until('fail2ban is online', async () => (await operator.get('/api/v1/health')).status === 200);
  return {
    fail2ban,
    ban: (duration: number | string, jail = 'short') =>
      operator.send('POST', '/api/v1/bans', { ips: [ip], jail, duration }),
    unban: () => operator.send('DELETE', '/api/v1/bans', { ips: [ip] }),
    held: async (jail = 'short') => (await fail2ban.client('get', jail, 'banip')).includes(ip),
    shown: async () => listed.parse((await operator.get('/api/v1/bans/active')).body).items,
    kill: () => bangui.kill(),
    async restart() {
      bangui = await bangui.restart();
      operator = await signIn(bangui.url);
    },
    async close() {
      await bangui.dispose();
      await fail2ban.remove();
    },
  };
}

const inScene = (play: (scene: Awaited<ReturnType<typeof openScene>>) => Promise<void>) => async () => {
  const scene = await openScene();
  try {
    await play(scene);
  } finally {
    await scene.close();
  }
};

describe.concurrent('a ban longer than its jail’s', { timeout: 180_000 }, () => {
  test(
    'outlives it without a gap, shows its own end, and ends then',
    inScene(async ({ ban, held, shown }) => {
      const began = Date.now();
      expect((await ban('40s')).status).toBe(201);
      while (Date.now() - began < 38_000) {
        expect(await held()).toBe(true);
        const [row] = await shown();
        expect(Math.abs(Date.parse(row?.expires_at ?? '') - began - 40_000)).toBeLessThan(3_000);
        expect(row?.ends_early).toBe(false);
        await sleep(500);
      }
      await until('it is ended', async () => !(await held()));
      expect(Date.now() - began).toBeGreaterThan(39_000);
      await until('the list says so', async () => (await shown()).length === 0);
    }),
  );

  test(
    'is made again when it ran out while BanGUI was dead, and after restarts of fail2ban',
    inScene(async ({ fail2ban, ban, held, shown, kill, restart }) => {
      await ban('1h');
      await kill();
      await until('it runs out', async () => !(await held()), longEnough);
      await restart();
      await until('it is back', held, longEnough);
      await fail2ban.stop();
      await sleep(jailSeconds * 1000);
      await fail2ban.start();
      expect(await held()).toBe(false);
      await until('it is back after an orderly restart', held, longEnough);
      await fail2ban.kill();
      await fail2ban.start();
      await until('it is back after kill -9', held, longEnough);
      const [row] = await shown();
      expect(Date.parse(row?.expires_at ?? '') - Date.now()).toBeGreaterThan(3_400_000);
    }),
  );

  test(
    'is over for good once somebody ended it with fail2ban-client',
    inScene(async ({ fail2ban, ban, held, shown }) => {
      await ban(-1);
      await sleep(3_000);
      await fail2ban.client('set', 'short', 'unbanip', '8.8.4.4');
      await until('the list says so', async () => (await shown()).length === 0);
      await sleep(longEnough);
      expect(await held()).toBe(false);
    }),
  );

  test(
    'is over for good once somebody ended it while BanGUI was dead',
    inScene(async ({ fail2ban, ban, held, shown, kill, restart }) => {
      await ban(-1);
      await until('fail2ban has written it', async () =>
        (await fail2ban.client('get', 'short', 'banip', '--with-time')).includes('8.8.4.4'),
      );
      await kill();
      await sleep(2_000);
      await fail2ban.client('set', 'short', 'unbanip', '8.8.4.4');
      await sleep(jailSeconds * 1000);
      await restart();
      await sleep(longEnough);
      expect(await held()).toBe(false);
      expect(await shown()).toEqual([]);
    }),
  );

  test(
    'is over once it is ended here',
    inScene(async ({ ban, unban, held }) => {
      await ban(-1);
      await unban();
      await sleep(longEnough);
      expect(await held()).toBe(false);
    }),
  );

  test(
    'can be permanent in a jail that bans for 10 minutes, also after a restart of fail2ban',
    inScene(async ({ fail2ban, ban, held, shown }) => {
      await ban(-1, 'sshd');
      expect(await shown()).toMatchObject([{ ip: '8.8.4.4', expires_at: null }]);
      await fail2ban.stop();
      await fail2ban.start();
      await until('fail2ban has it', () => held('sshd'));
      const end = async () =>
        Number(/(\d+) = /.exec(await fail2ban.client('get', 'sshd', 'banip', '--with-time'))?.[1]);
      expect(await end()).toBe(600);
      /** fail2ban's own word on the end: later than 10 minutes after the ban. */
      const prolonged = async () => {
        const times = await fail2ban.client('get', 'sshd', 'banip', '--with-time');
        const [, from = '', to = ''] = /(\S+ \S+) \+ \d+ = (\S+ \S+)/.exec(times) ?? [];
        return Date.parse(to) - Date.parse(from) > 602_000;
      };
      await until('it was renewed at once', async () => {
        const [row] = await shown();
        return row?.expires_at === null && (await prolonged());
      });
    }),
  );
});
