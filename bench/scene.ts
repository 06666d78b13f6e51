/** What every figure is measured on: one real fail2ban with 20 jails and no actions, one BanGUI beside it. */
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { startBangui, until, type RunningBangui } from '../test/bangui.ts';
import { startFail2ban, type RealFail2ban } from '../test/fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../test/operator.ts';
import { z } from 'zod';
import { cpuSeconds, sleep } from './measure.ts';

export interface Scene {
  fail2ban: RealFail2ban;
  bangui: RunningBangui;
  operator: Operator;
  /** Jail that holds the many bans. */
  jail: string;
}

export interface Row {
  figure: string;
  reach: string;
  measured: string;
  /** The same with the peers' access pattern, or the physical limit, in this run. */
  beside: string;
  met: boolean;
}

export type Figure = (scene: Scene) => Promise<Row[]>;

export async function openScene(): Promise<Scene> {
  const fail2ban = await startFail2ban({ extraJails: 16 });
  const bangui = await startBangui({ socket: fail2ban.socket });
  return { fail2ban, bangui, operator: await signIn(bangui.url), jail: 'manual' };
}

export async function closeScene(scene: Scene): Promise<void> {
  await scene.bangui.dispose();
  await scene.fail2ban.remove();
}

/**
 * Bans by fail2ban's own client library, 1,000 addresses a request as the peers were measured.
 * `from` numbers the addresses inside 1.0.0.0/8 upwards. Answers the seconds it took.
 */
export async function banMany(
  fail2ban: RealFail2ban,
  jail: string,
  from: number,
  count: number,
): Promise<number> {
  const script = `
import sys
from fail2ban.client.csocket import CSocket
sock, jail, start, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
client = CSocket(sock, timeout=60)
for i in range(start, start + count, 1000):
    ips = ["1.%d.%d.%d" % ((n >> 16) & 255, (n >> 8) & 255, n & 255) for n in range(i, min(i + 1000, start + count))]
    code, answer = client.send(["set", jail, "banip", *ips])
    assert code == 0, answer
client.close()
`;
  const began = performance.now();
  await promisify(execFile)('/usr/bin/python3', [
    '-c',
    script,
    fail2ban.socket,
    jail,
    String(from),
    String(count),
  ]);
  return (performance.now() - began) / 1000;
}

const totals = z.object({ total: z.number() });

/** Bans of a jail that BanGUI shows now. */
export async function shown(scene: Scene): Promise<number> {
  const answer = await scene.operator.get(`/api/v1/bans/active?jail=${scene.jail}&page_size=1`);
  return totals.parse(answer.body).total;
}

/** Waits until BanGUI shows so many bans; answers the ms it took. */
export const untilShown = (scene: Scene, count: number, withinMs: number): Promise<number> =>
  until(`${count} bans shown`, async () => (await shown(scene)) === count, withinMs, 100);

/** fail2ban writes its database long after it has banned: what is measured beside that work is not ours. */
export async function untilIdle({ fail2ban }: Scene): Promise<void> {
  const share = async (): Promise<number> => {
    const before = cpuSeconds(fail2ban.pid);
    await sleep(2_000);
    return (cpuSeconds(fail2ban.pid) - before) / 2;
  };
  await until('fail2ban idles', async () => (await share()) < 0.05, 300_000, 0);
}

/**
 * The peers' access pattern for one refresh: the list of jails, then one client process for each jail, all at once.
 * Answers its wall ms. CPU is counted by the caller.
 */
export async function patternRefresh(fail2ban: RealFail2ban): Promise<number> {
  const began = performance.now();
  await clientProcess(fail2ban, ['status']);
  await Promise.all(fail2ban.jails.map((jail) => clientProcess(fail2ban, ['status', jail])));
  return performance.now() - began;
}

/** One `fail2ban-client` process, its whole output read. Answers the bytes. */
export function clientProcess(fail2ban: RealFail2ban, args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('/usr/bin/python3', ['/usr/bin/fail2ban-client', '-s', fail2ban.socket, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(bytes) : reject(new Error(`fail2ban-client ${args.join(' ')} ended with ${code}`)),
    );
  });
}
