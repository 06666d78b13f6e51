import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addresses, openBlocklistScene, type BlocklistScene } from '../../../test/blocklist-scene.ts';
import { connect, openNamespace, type NetNamespace } from '../../../test/net-namespace.ts';

/** In every list, and in none. */
const [listed, listed6, free] = ['198.51.100.7', '2001:db8:7::7', '198.51.100.8'] as const;

describe('packets from an address that the old and the new list hold', () => {
  let scene: BlocklistScene;
  let attackers: NetNamespace;
  beforeAll(async () => {
    scene = await openBlocklistScene();
    attackers = await openNamespace();
    await connect(
      [scene.space, ['198.51.100.1/24', '2001:db8:7::1/64']],
      [attackers, [`${listed}/24`, `${free}/24`, `${listed6}/64`]],
    );
    // Neighbour discovery is made of packets, and those of a listed address are dropped like any other.
    const mac = (await scene.space.run('cat', '/sys/class/net/wire/address')).trim();
    await attackers.run('ip', 'neigh', 'replace', '2001:db8:7::1', 'lladdr', mac, 'dev', 'wire');
    await scene.install();
  });
  afterAll(async () => {
    await scene.close();
    await attackers.remove();
  });

  it('never get through while lists are refreshed, and are counted', async () => {
    const list = (n: number) => ({
      id: `list-${n}`,
      v4: [listed, ...addresses(100_000, 40 + (n % 2))],
      v6: [`${listed6}/128`],
    });
    await scene.load(list(0));
    const receiver = await program(scene.space, receive);
    const sender = await program(attackers, send);
    for (let n = 1; n <= 6; n++) {
      expect(await scene.load(list(n))).toMatchObject({ outcome: 'loaded', entriesV4: 100_001 });
    }
    const sent = counts.parse(await sender.end());
    const received = counts.parse(await receiver.end());
    expect(sent[listed]).toBeGreaterThan(5_000);
    expect(sent[listed6]).toBeGreaterThan(5_000);
    expect(received[free]).toBeGreaterThan(1_000);
    expect(received).not.toHaveProperty([listed]);
    expect(received).not.toHaveProperty([listed6]);
    await scene.blocklists.refreshHits();
    const dropped = (sent[listed] ?? 0) + (sent[listed6] ?? 0);
    const status = await scene.blocklists.status();
    expect(status?.packets).toBeGreaterThanOrEqual(dropped);
    expect(status?.bytes).toBeGreaterThanOrEqual(dropped * 28);
    expect(status?.countingSince).toBeLessThanOrEqual(status?.countedAt ?? 0);
  }, 120_000);
});

const counts = z.record(z.string(), z.number());

interface Program {
  /** What it prints once its input ends. */
  end(): Promise<unknown>;
}

/** Runs until its input ends; it has printed a line when it is ready. */
async function program(space: NetNamespace, text: string): Promise<Program> {
  const child = spawn('ip', ['netns', 'exec', space.name, 'python3', '-c', text], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (bytes) => (printed += String(bytes)));
  await once(child.stdout, 'data');
  return {
    async end() {
      child.stdin.end();
      await once(child, 'close');
      return JSON.parse(printed.slice(printed.indexOf('\n')));
    },
  };
}

const send = `
import json, select, socket, sys
sockets = {}
for source, target in (('${listed}', '198.51.100.1'), ('${free}', '198.51.100.1'), ('${listed6}', '2001:db8:7::1')):
    one = socket.socket(socket.AF_INET6 if ':' in source else socket.AF_INET, socket.SOCK_DGRAM)
    one.bind((source, 0))
    one.connect((target, 4444))
    sockets[source] = one
sent = dict.fromkeys(sockets, 0)
print('ready', flush=True)
while not select.select([sys.stdin], [], [], 0.002)[0]:
    for source, one in sockets.items():
        for _ in range(20):
            one.send(b'x')
            sent[source] += 1
print(json.dumps(sent))
`;

const receive = `
import json, select, socket, sys
one = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
one.bind(('::', 4444))
one.setblocking(False)
got = {}
print('ready', flush=True)
while True:
    ready = select.select([one, sys.stdin], [], [])[0]
    if one in ready:
        source = one.recvfrom(9)[1][0].removeprefix('::ffff:')
        got[source] = got.get(source, 0) + 1
    elif sys.stdin in ready:
        break
print(json.dumps(got))
`;
