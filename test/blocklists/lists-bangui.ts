/** BanGUI as a process beside a real fail2ban in a network namespace, with lists from loopback. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { blocklistRun } from '../../src/features/blocklists/run-contract.ts';
import { startBangui, until, type RunningBangui } from '../bangui.ts';
import { startFail2ban } from '../fail2ban/real-fail2ban.ts';
import { openNamespace } from '../net-namespace.ts';
import { password, signIn, type Operator } from '../operator.ts';
import { startListServer } from './list-server.ts';

const lists = '/api/v1/blocklists';
const endStates = ['completed', 'unchanged', 'held', 'failed', 'aborted'];

export async function listsBangui(env: Record<string, string> = {}) {
  const space = await openNamespace();
  const fail2ban = await startFail2ban({ namespace: space.name });
  const server = await startListServer();
  const dir = join(fail2ban.dir, 'blocklists');
  let bangui: RunningBangui = await startBangui({
    socket: fail2ban.socket,
    env: {
      BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir,
      BANGUI_ALLOWED_LOG_DIRS: fail2ban.dir,
      BANGUI_BLOCKLIST_DIR: dir,
      BANGUI_BLOCKLIST_ALLOW_PRIVATE_URLS: 'true',
      ...env,
    },
  });
  let operator: Operator = await signIn(bangui.url);
  let held: ChildProcess | null = null;
  const expectOk = async (answer: Promise<{ status: number; body: unknown }>): Promise<unknown> => {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return body;
  };
  const scene = {
    space,
    fail2ban,
    server,
    dir,
    get bangui() {
      return bangui;
    },
    get operator() {
      return operator;
    },
    install: () => expectOk(operator.send('POST', `${lists}/enforcement`, { password, chains: ['INPUT'] })),
    async addSource(more: Record<string, unknown> = {}): Promise<number> {
      const body = await expectOk(operator.send('POST', lists, { name: 'Kites', url: server.url, ...more }));
      return z.object({ id: z.number() }).parse(body).id;
    },
    /** Begins it; answers the run. */
    async begin(id: number, accept = false): Promise<number> {
      const wanted = { id, accept_change: accept };
      const body = await expectOk(operator.send('POST', `${lists}/import`, wanted));
      return z.object({ run_id: z.number() }).parse(body).run_id;
    },
    run: async (id: number) => blocklistRun.parse(await expectOk(operator.get(`${lists}/runs/${id}`))),
    runs: async () =>
      z
        .object({ items: z.array(blocklistRun) })
        .parse(await expectOk(operator.get(`${lists}/runs?page_size=200`))).items,
    async ended(id: number) {
      await until(`run ${id} has ended`, async () => endStates.includes((await scene.run(id)).state), 30_000);
      return scene.run(id);
    },
    untilStep: (id: number, step: string) =>
      until(`run ${id} is in ${step}`, async () => (await scene.run(id)).step === step, 20_000, 2),
    /** Entries of the kernel's set for IPv4; -1: there is none. */
    async inKernel(): Promise<number> {
      const list = await space.run('ipset', 'list', '-t', 'bangui-blocklist4').catch(() => '');
      return Number(/Number of entries: (\d+)/.exec(list)?.[1] ?? -1);
    },
    /** Keeps the action from loading anything until `letLoad`. */
    async holdLoads(): Promise<void> {
      held = spawn('flock', [dir, 'sleep', '1000'], { stdio: 'ignore', detached: true });
      await until('the folder is locked', () => isLocked(dir));
    },
    async letLoad(): Promise<void> {
      const child = held;
      if (child?.pid === undefined) return;
      // the lock is held by what flock started as well
      process.kill(-child.pid, 'SIGKILL');
      held = null;
      await until('the folder is free', () => !isLocked(dir));
    },
    async restart(): Promise<void> {
      bangui = await bangui.restart();
      operator = await signIn(bangui.url);
    },
    async close() {
      await scene.letLoad();
      await bangui.dispose();
      await server.close();
      await fail2ban.remove();
      await space.remove();
    },
  };
  return scene;
}
export type ListsBangui = Awaited<ReturnType<typeof listsBangui>>;

function isLocked(dir: string): boolean {
  try {
    execFileSync('flock', ['-n', dir, 'true']);
    return false;
  } catch {
    return true;
  }
}
