/**
 * Three instances share a PostgreSQL and a Redis while they are killed, stopped and paused under load: jobs are done
 * once each, by one instance at a time, and whoever calls a living instance is answered. `BANGUI_TORTURE=1`: for minutes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { until, type RunningBangui } from '../bangui.ts';
import { operator, signIn } from '../operator.ts';
import { readRecord } from './record.ts';
import { startReplicas, type Replicas } from './replicas.ts';

const long = process.env['BANGUI_TORTURE'] !== undefined;
const rounds = long ? 30 : 4;
/** Longer than any lease: another has taken over when it wakes up. */
const pausedMs = long ? 30_000 : 18_000;

/** Calls answered by one instance after the other; a call fails when an instance that nobody disturbs does not answer. */
function load(instances: () => readonly RunningBangui[], cookie: string) {
  const disturbed = new Set<number>();
  const failures: string[] = [];
  let answered = 0;
  let running = true;
  const paths = ['/api/v1/dashboard/status', '/api/v1/jails', '/api/v1/bans/active?page_size=50'];
  const caller = async (index: number): Promise<void> => {
    for (let i = 0; running; i++) {
      await sleep(20);
      const instance = instances()[index];
      if (instance === undefined || disturbed.has(instance.pid)) continue;
      const path = paths[i % paths.length] ?? '';
      try {
        const { status } = await operator(instance.url, cookie).get(path);
        if (status === 200) answered += 1;
        else if (!disturbed.has(instance.pid)) failures.push(`${path} answered ${status}`);
      } catch (error) {
        // a cut connection is what being killed looks like
        if (!disturbed.has(instance.pid)) failures.push(`${path}: ${String(error)}`);
      }
    }
  };
  const callers = [0, 1, 2].map(caller);
  return {
    failures,
    answered: () => answered,
    disturb: (pid: number) => void disturbed.add(pid),
    settle: (pid: number) => void disturbed.delete(pid),
    async stop() {
      running = false;
      await Promise.all(callers);
    },
  };
}

/** ms until another than `former` holds the lock and has counted. */
async function takenOver({ sql }: Replicas, former: number, withinMs: number): Promise<number> {
  return await until(
    'another instance counts',
    async () => {
      const { rows } = await sql.query<{ pid: string }>(
        `SELECT counting.pid FROM counting JOIN scheduler_lock ON scheduler_lock.pid = counting.pid
         ORDER BY counting.id DESC LIMIT 1`,
      );
      return rows.length > 0 && Number(rows[0]?.pid) !== former;
    },
    withinMs,
    50,
  );
}

describe.each([
  { name: 'PostgreSQL and Redis', redis: true },
  { name: 'PostgreSQL alone', redis: false },
])('three instances on $name', ({ redis }) => {
  test(
    'killed, stopped and paused under load, they lose no run, run none twice, and answer',
    async () => {
      const replicas = await startReplicas({ redis });
      try {
        const [first] = replicas.instances;
        if (first === undefined) throw new Error('nothing was started');
        const { cookie } = await signIn(first.url);
        const calls = load(() => replicas.instances, cookie);
        await until('the first instance counts', async () => (await readRecord(replicas.sql)).completed > 1);
        const slowest = { crash: 0, stop: 0, pause: 0 };

        for (let round = 0; round < rounds; round++) {
          const index = await untilHeld(replicas);
          const holder = replicas.instances[index];
          if (holder === undefined) throw new Error('nobody holds the lock');
          // not only at the start of a run
          await sleep((round * 377) % 1_500);
          calls.disturb(holder.pid);
          const act = (['crash', 'stop', 'pause', 'crash'] as const)[round % 4] ?? 'crash';
          if (act === 'crash') await holder.kill();
          else if (act === 'stop') expect(await holder.stop()).toBe(0);
          else process.kill(holder.pid, 'SIGSTOP');
          const took = await takenOver(replicas, holder.pid, 40_000);
          slowest[act] = Math.max(slowest[act], took);
          if (act === 'pause') {
            await sleep(Math.max(0, pausedMs - took));
            process.kill(holder.pid, 'SIGCONT');
            await untilReady(holder);
            calls.settle(holder.pid);
          } else await replicas.startAgain(index);
        }

        await calls.stop();
        const record = await readRecord(replicas.sql);
        console.log(
          `${redis ? 'Redis' : 'PostgreSQL'}: ${record.completed} runs ended of ${record.attempts} begun, ${record.aborted} aborted, under ` +
            `${record.tenures} tenures; ${calls.answered()} calls answered; the slowest takeover took ` +
            `${Math.round(slowest.crash)} ms after a crash, ${Math.round(slowest.stop)} ms after a stop, ` +
            `${Math.round(slowest.pause)} ms after a pause`,
        );
        expect(record.faults).toEqual([]);
        expect(calls.failures).toEqual([]);
        expect(record.aborted).toBeGreaterThan(0);
        expect(record.tenures).toBeGreaterThan(rounds);
        expect(record.completed).toBeGreaterThan(rounds);
        expect(calls.answered()).toBeGreaterThan(100);
        expect(slowest.crash).toBeLessThan(15_000);
        expect(slowest.pause).toBeLessThan(20_000);
        // handed over, not waited for: less than any lease
        expect(slowest.stop).toBeLessThan(4_000);
      } finally {
        await replicas.stop();
      }
    },
    long ? 1_800_000 : 240_000,
  );
});

async function untilHeld(replicas: Replicas): Promise<number> {
  let index: number | null = null;
  await until('somebody holds the lock', async () => (index = await replicas.holder()) !== null, 40_000);
  return index ?? -1;
}

async function untilReady({ url }: RunningBangui): Promise<void> {
  await until(
    'it answers again',
    async () => {
      const answer = await fetch(`${url}/api/v1/health/ready`).catch(() => null);
      await answer?.arrayBuffer();
      return answer?.status === 200;
    },
    30_000,
  );
}
