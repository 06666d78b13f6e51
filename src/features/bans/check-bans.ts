/** Looks at pasted entries line by line before anything is sent. */
import { parseAddress, type Address } from '../../base/address.ts';
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import type { Host } from '../../host/host.ts';
import type { Call } from '../../platform/http/mount.ts';
import type { checkBans } from './contract.ts';
import { requireJail, requireOnline } from './entries.ts';
import { guard, impossible } from './guard.ts';
import type { Mirror } from './mirror.ts';
import { longestIn } from './own-end.ts';
import { slices } from './turns.ts';

interface CheckDeps {
  host: Host;
  mirror: Mirror;
  ownAddresses: () => string[];
}

type Item = EndpointOutput<typeof checkBans>['items'][number];

const knownAtOnce = 500;

/** Throws 404 for a jail that does not run, 503 when fail2ban does not answer. */
export async function checkEntries(
  { host, mirror, ownAddresses }: CheckDeps,
  { entries, jail: jailText }: EndpointInput<typeof checkBans>['body'],
  call: Pick<Call, 'client' | 'proxies'>,
): Promise<EndpointOutput<typeof checkBans>> {
  requireOnline(host);
  const jail = await requireJail(host, jailText);
  const guarded = { ...call, ownAddresses: ownAddresses(), ignored: await host.ignoreList(jail.name) };
  const parsed = entries.map((entry) => ({ entry, address: parseAddress(entry.trim()) }));

  const held = new Set<string>();
  const addresses = [...new Set(parsed.flatMap(({ address }) => address ?? []))];
  for (const slice of slices(addresses, knownAtOnce)) {
    for (const ip of (await mirror.known(jail.name, slice)).keys()) held.add(ip);
  }

  const seen = new Set<Address>();
  const items = parsed.map(({ entry, address }): Item => {
    if (address === null) return item(entry, null, 'invalid', 'This is no IP address or network.');
    if (seen.has(address))
      return item(entry, address, 'duplicate', 'This stands in the list more than once.');
    seen.add(address);
    if (held.has(address)) {
      return item(
        entry,
        address,
        'already_banned',
        'It is banned already; banning it again prolongs the ban.',
      );
    }
    const detail = impossible(address) ?? guard(address, guarded);
    return item(entry, address, detail === null ? 'ok' : 'guarded', detail);
  });
  return { items, longest_seconds: longestIn(jail.banSeconds) };
}

const item = (entry: string, ip: string | null, verdict: Item['verdict'], detail: string | null): Item => ({
  entry,
  ip,
  verdict,
  detail,
});
