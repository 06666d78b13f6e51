/** Network namespaces of a test's own: a firewall that concerns nobody else, and a line to another machine. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface NetNamespace {
  name: string;
  /** Output of a program that runs in it; throws when it ends with an error. */
  run(program: string, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

const call = promisify(execFile);
let made = 0;

/** With its loopback up. */
export async function openNamespace(): Promise<NetNamespace> {
  const name = `bangui-${process.pid}-${made++}`;
  await call('ip', ['netns', 'add', name]);
  const removeSync = (): void => void execFile('ip', ['netns', 'del', name]);
  process.once('exit', removeSync);
  const space: NetNamespace = {
    name,
    run: async (program, ...args) =>
      (await call('ip', ['netns', 'exec', name, program, ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout,
    async remove() {
      process.off('exit', removeSync);
      await call('ip', ['netns', 'del', name]);
    },
  };
  await space.run('ip', 'link', 'set', 'lo', 'up');
  return space;
}

/** Joins two namespaces; each gets its addresses, with their prefix (`192.0.2.1/24`), on an interface `wire`. */
export async function connect(
  [first, firstAddresses]: readonly [NetNamespace, readonly string[]],
  [second, secondAddresses]: readonly [NetNamespace, readonly string[]],
): Promise<void> {
  await first.run('ip', 'link', 'add', 'wire', 'type', 'veth', 'peer', 'name', 'wire', 'netns', second.name);
  for (const [space, addresses] of [
    [first, firstAddresses],
    [second, secondAddresses],
  ] as const) {
    for (const address of addresses) {
      const family = address.includes(':') ? ['nodad'] : [];
      await space.run('ip', 'addr', 'add', address, 'dev', 'wire', ...family);
    }
    await space.run('ip', 'link', 'set', 'wire', 'up');
  }
}
