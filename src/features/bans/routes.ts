/** The endpoints of bans. */
import { networkInterfaces } from 'node:os';
import type { Kysely } from 'kysely';
import { banAddresses, type BanDeps } from './ban.ts';
import { checkEntries } from './check-bans.ts';
import { ban, checkBans, listActive, unban, unbanAll } from './contract.ts';
import { listActiveBans } from './list-active.ts';
import { unbanAddresses, unbanEverybody } from './unban.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Locate } from '../../platform/geo/place.ts';
import type { Mount } from '../../platform/http/mount.ts';

interface BansRoutesDeps extends Omit<BanDeps, 'ownAddresses'> {
  mount: Mount;
  db: Kysely<Database>;
  locate: Locate;
  /** Other than the addresses of this machine's interfaces in tests only. */
  ownAddresses?: () => string[];
}

export function bansRoutes({
  mount,
  db,
  locate,
  ownAddresses = interfaceAddresses,
  ...rest
}: BansRoutesDeps): void {
  const deps: BanDeps = { ...rest, ownAddresses };
  mount(listActive, ({ query }) =>
    listActiveBans({ db, hostId: rest.host.id, mirror: rest.mirror, locate }, query),
  );
  mount(ban, ({ body }, call) => banAddresses(deps, body, call));
  mount(unban, ({ body }, call) => unbanAddresses(deps, body, call));
  mount(unbanAll, (_input, call) => unbanEverybody(deps, call));
  mount(checkBans, ({ body }, call) => checkEntries(deps, body, call));
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}
