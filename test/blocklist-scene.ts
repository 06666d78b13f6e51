/** A real fail2ban in a network namespace of its own, with what loads blocklists into its kernel sets, for tests. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { createBlocklistHost, type BlocklistHost } from '../src/host/blocklist/blocklist-host.ts';
import type { Chain } from '../src/host/blocklist/jail-files.ts';
import { listFile } from '../src/host/blocklist/jail-files.ts';
import { liveSets, nextSets } from '../src/host/blocklist/names.ts';
import { createLocalHost } from '../src/host/local-host.ts';
import { createReloader } from '../src/host/reload.ts';
import { openChangesScene, type ChangesScene } from './changes-scene.ts';
import type { Fail2banOptions } from './fail2ban/fail2ban-config.ts';
import { openNamespace, type NetNamespace } from './net-namespace.ts';

export interface BlocklistScene extends Pick<ChangesScene, 'fail2ban' | 'contents' | 'jails'> {
  space: NetNamespace;
  /** The folder that both sides see. */
  dir: string;
  blocklists: BlocklistHost;
  /** Another one on the same fail2ban. */
  open(options: { commandsAllowed?: boolean; dir?: string }): BlocklistHost;
  install(chains?: readonly Chain[]): Promise<void>;
  /** Puts the file there as the program would: whole, at once. */
  place(list: List): Promise<void>;
  /** `place`, and what the load of it came to. */
  load(list: List): ReturnType<BlocklistHost['load']>;
  /** What the live sets hold, sorted. */
  held(): Promise<string[]>;
  /** Names of all sets. */
  sets(): Promise<string[]>;
  /** Rules about the sets, as `ip[6]tables -S` spells them. */
  rules(): Promise<string[]>;
  /** Until a condition holds; throws after 20 s. */
  until(condition: () => Promise<boolean> | boolean): Promise<void>;
  /** Pid of the `ipset restore` that runs for this scene; null: none does. */
  restoring(): number | null;
  /** Whether anything runs or waits in the folder. */
  isBusy(): boolean;
  close(): Promise<void>;
}

interface List {
  id: string;
  v4: readonly string[];
  v6?: readonly string[];
}

interface SceneOptions extends Fail2banOptions {
  /** Instead of one beside the server. */
  dir?: string;
}

export const author = { actor: 'admin', client: '192.0.2.200' };

export async function openBlocklistScene(options: SceneOptions = {}): Promise<BlocklistScene> {
  const space = await openNamespace();
  const scene = await openChangesScene({ ...options, namespace: space.name });
  const { fail2ban, contents, jails } = scene;
  const dir = options.dir ?? join(fail2ban.dir, 'blocklists');
  await mkdir(dir, { recursive: true });
  const { configDir, socket: socketPath } = fail2ban;
  const host = createLocalHost({ id: 'local', socketPath, log: silentLog, now: systemClock });
  const open = ({ commandsAllowed = true, dir: other = dir } = {}): BlocklistHost =>
    createBlocklistHost({
      host,
      changes: scene.open({ commandsAllowed }),
      reloader: createReloader({ client: '/usr/bin/fail2ban-client', configDir, socketPath }),
      configDir,
      dir: other,
      now: systemClock,
      log: silentLog,
    });
  const blocklists = open();
  const lines = async (...command: readonly [string, ...string[]]): Promise<string[]> =>
    (await space.run(...command)).split('\n').filter((line) => line !== '');
  const place = async (list: List): Promise<void> => {
    await writeFile(join(dir, 'list.new'), listText(list));
    await rename(join(dir, 'list.new'), join(dir, listFile));
  };
  return {
    fail2ban,
    contents,
    jails,
    open,
    space,
    dir,
    blocklists,
    place,
    async install(chains = ['INPUT']) {
      const end = await blocklists.install({ method: 'ipset', chains }, author);
      if (end.result !== 'applied') throw new Error(JSON.stringify(end));
    },
    async load(list) {
      await place(list);
      return await blocklists.load(list.id, new AbortController().signal);
    },
    async held() {
      const found = await Promise.all(Object.values(liveSets).map((set) => lines('ipset', 'save', set)));
      return found
        .flat()
        .flatMap((line) => (line.startsWith('add ') ? [line.split(' ')[2] ?? ''] : []))
        .toSorted();
    },
    sets: () => lines('ipset', 'list', '-n'),
    async rules() {
      const found = [...(await lines('iptables', '-S')), ...(await lines('ip6tables', '-S'))];
      return found.filter((line) => line.includes('bangui'));
    },
    async until(condition) {
      const end = performance.now() + 20_000;
      while (!(await condition())) {
        if (performance.now() > end) throw new Error(`not within 20 s: ${String(condition)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    restoring: () =>
      processesIn(dir).find(({ command }) => command.startsWith('ipset\0restore'))?.pid ?? null,
    isBusy: () => processesIn(dir).length > 0,
    async close() {
      await host.close();
      await scene.close();
      await space.remove();
    },
  };
}

export function listText({ id, v4, v6 = [] }: List): string {
  const create = (name: string, family: string): string =>
    `create ${name} hash:net family ${family} hashsize 1024 maxelem 16777216`;
  return [
    `# bangui-blocklist ${id}`,
    create(nextSets.v4, 'inet'),
    create(nextSets.v6, 'inet6'),
    ...v4.map((entry) => `add ${nextSets.v4} ${entry}`),
    ...v6.map((entry) => `add ${nextSets.v6} ${entry}`),
    `swap ${nextSets.v4} ${liveSets.v4}`,
    `swap ${nextSets.v6} ${liveSets.v6}`,
    `destroy ${nextSets.v4}`,
    `destroy ${nextSets.v6}`,
    `# end ${v4.length} ${v6.length}`,
    '',
  ].join('\n');
}

/** Addresses that do not touch, from the one on whose first byte is given. */
export const addresses = (count: number, firstByte: number): string[] =>
  Array.from({ length: count }, (_, index) => {
    const number = index * 2;
    return `${firstByte}.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  });

/** Whose working folder it is. */
function processesIn(dir: string): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (readlinkSync(`/proc/${pid}/cwd`) !== dir) return [];
        return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'latin1') }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}
