/** Which lists hold an address, and whether that has any effect. */
import { contains, parseAddress, type Address } from '../../base/address.ts';
import { invalidInput } from '../../base/errors.ts';
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { Holding } from './holding.ts';
import type { Without } from './list-jobs.ts';
import type { whichLists } from './simulation-contract.ts';

export interface WhichListsDeps {
  holding: Holding;
  /** What is never blocked, as of the last seconds. */
  without: () => Promise<readonly Without[]>;
  /** Whether the kernel's sets are those that should be in force, as the action has written it down. */
  isLoaded: () => Promise<boolean>;
}

/** Throws 422 for what is no address or network. */
export async function findLists(
  { holding, without, isLoaded }: WhichListsDeps,
  ip: string,
): Promise<EndpointOutput<typeof whichLists>> {
  const address = parseAddress(ip);
  if (address === null)
    throw invalidInput('This is no IP address or network.', [
      { field: 'params.ip', message: 'Not an IP address or a network such as 192.0.2.0/24' },
    ]);
  const items = await holding.lists(address);
  // what is never blocked is gathered from files and from fail2ban: only where something would block
  if (items.length === 0) return { items, allowed: null, in_force: false };
  const [never, loaded] = await Promise.all([without(), isLoaded()]);
  const meets = never.filter(({ entry }) => overlap(entry, address));
  const keptOut = meets.some(({ entry }) => contains(entry, address));
  return {
    items,
    allowed: meets[0]?.meets ?? null,
    in_force: loaded && !keptOut && items.some(({ enabled }) => enabled),
  };
}

const overlap = (one: Address, other: Address): boolean => contains(one, other) || contains(other, one);
