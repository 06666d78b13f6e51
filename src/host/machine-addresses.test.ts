/** The addresses of a machine, from the files its kernel and its resolver keep. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readMachineAddresses } from './machine-addresses.ts';

const files = {
  'proc/net/route': [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    'tun0\t0000000A\t09090A0A\t0003\t0\t0\t0\t000000FF\t0\t0\t0',
  ],
  'proc/net/ipv6_route': [
    `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0`,
    `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} ffffffff 00000001 00000000 00200200       lo`,
  ],
  'etc/resolv.conf': [
    '# nameserver 192.0.2.66',
    'nameserver 127.0.0.53',
    ' nameserver fe80::1%eth0',
    'options edns0',
  ],
  'run/systemd/resolve/resolv.conf': ['nameserver 198.51.100.53', 'nameserver not-an-address'],
};

test('gateways of both families and name servers are read, and nothing that only looks like one', async () => {
  const root = await mkdtemp(join(tmpdir(), 'bangui-machine-'));
  try {
    for (const [path, lines] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), `${lines.join('\n')}\n`);
    }
    expect(await readMachineAddresses(root)).toMatchObject({
      gateways: ['192.168.2.1', '10.10.9.9', 'fe80::1'],
      resolvers: ['127.0.0.53', 'fe80::1', '198.51.100.53'],
    });
    expect(await readMachineAddresses(join(root, 'nothing'))).toMatchObject({ gateways: [], resolvers: [] });
  } finally {
    await rm(root, { recursive: true });
  }
});

test('every address of this machine’s interfaces is its own', async () => {
  const { ownAddresses } = await readMachineAddresses();
  const loopback = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.internal === true);
  expect(ownAddresses).toContain(loopback?.address);
});
