/** Measures lookups in a process of its own, with the flags BanGUI runs with; prints one line of JSON. */
import { readFileSync } from 'node:fs';
import { Reader, type Response } from 'maxmind';
import { bundledCountries } from '../src/platform/geo/bundled.ts';
import { openGeo } from '../src/platform/geo/geo.ts';
import { silentLog } from '../src/base/log.ts';

/** Public addresses in no order, one in eight of them IPv6, the same in each run. */
const addresses = Array.from({ length: 200_000 }, (_, n) => {
  const [a, b, c] = [(n * 7919) % 223, (n * 104_729) & 255, (n * 1_299_709) & 255];
  return n % 8 === 0 ? `2a0${a % 16}:${b.toString(16)}${c.toString(16)}::1` : `${a + 1}.${b}.${c}.${n & 255}`;
});

function perSecond(look: (ip: string) => unknown, ips: readonly string[], rounds: number): number {
  const rates = Array.from({ length: rounds }, () => {
    const began = performance.now();
    for (const ip of ips) look(ip);
    return (ips.length / (performance.now() - began)) * 1000;
  });
  return rates.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}

const resident = (): number => process.memoryUsage.rss() / 1e6;
globalThis.gc?.();
const [heldBefore, activeBefore, began] = [
  resident(),
  performance.eventLoopUtilization().active,
  performance.now(),
];
const geo = openGeo({ files: { country: null, network: null, city: null }, log: silentLog });
await geo.ready;
const readyMs = performance.now() - began;
const activeMs = performance.eventLoopUtilization().active - activeBefore;
const heldMb = resident() - heldBefore;

const ours = perSecond(geo.locate, addresses, 7);
const reader = new Reader<Response>(readFileSync(bundledCountries));
const library = perSecond((ip) => reader.get(ip), addresses, 3);
const fresh = perSecond(
  (ip) => new Reader<Response>(readFileSync(bundledCountries)).get(ip),
  addresses.slice(0, 200),
  1,
);
await geo.close();
process.stdout.write(`${JSON.stringify({ readyMs, activeMs, heldMb, ours, library, fresh })}\n`);
