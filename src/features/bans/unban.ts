/** Ends bans: of some addresses in one jail or everywhere, or of everybody. */
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import type { Host } from '../../host/host.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Call } from '../../platform/http/mount.ts';
import type { unban, unbanAll } from './contract.ts';
import { readAddresses, requireJail, requireOnline } from './entries.ts';
import type { ManualBans } from './manual-bans.ts';
import type { Mirror } from './mirror.ts';

export interface UnbanDeps {
  host: Host;
  mirror: Mirror;
  manual: ManualBans;
  audit: Audit;
}

type Caller = Pick<Call, 'client' | 'actor'>;

/**
 * fail2ban also ends the bans of single addresses inside a network that is not banned itself; its log tells which.
 * Throws 422 for an entry that is no address, 404 for a jail that does not run, 503 when fail2ban does not answer.
 */
export async function unbanAddresses(
  { host, mirror, manual, audit }: UnbanDeps,
  body: EndpointInput<typeof unban>['body'],
  call: Caller,
): Promise<EndpointOutput<typeof unban>> {
  const addresses = readAddresses(body.ips);
  requireOnline(host);
  const jail = body.jail === undefined ? null : (await requireJail(host, body.jail)).name;
  const entry = {
    actor: call.actor?.name ?? '',
    client: call.client,
    hostId: host.id,
    action: 'bans.unban',
    target: jail ?? 'every jail',
  };
  let released: number;
  try {
    released = await host.unban(addresses, jail);
  } catch (error) {
    await audit({ ...entry, detail: { ips: addresses }, outcome: 'failed' });
    throw error;
  }
  await manual.remove(jail, addresses);
  await mirror.unbanned(jail, addresses);
  await audit({ ...entry, detail: { ips: addresses, released }, outcome: 'done' });
  return { released };
}

/** Every ban of every jail. The list empties as fail2ban's log says so. Throws 503 when fail2ban does not answer. */
export async function unbanEverybody(
  { host, manual, audit }: UnbanDeps,
  call: Caller,
): Promise<EndpointOutput<typeof unbanAll>> {
  requireOnline(host);
  const released = await host.unbanAll();
  await manual.removeAll();
  await audit({
    actor: call.actor?.name ?? '',
    client: call.client,
    hostId: host.id,
    action: 'bans.unban_all',
    target: 'every jail',
    detail: { released },
    outcome: 'done',
  });
  return { released };
}
