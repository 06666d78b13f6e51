/** The endpoints of the address page. */
import { networkInterfaces } from 'node:os';
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { keepRecent } from '../../base/recent-map.ts';
import { locateJail } from '../../host/config/locate.ts';
import type { Host } from '../../host/host.ts';
import type { RegexEngine } from '../../host/regex/match-lines.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Locate } from '../../platform/geo/place.ts';
import type { Mount } from '../../platform/http/mount.ts';
import { lookup, repeatOffenders, subnetAdvice, whyBanned } from './contract.ts';
import { createIgnoreLists } from './ignored.ts';
import { createLookup, type ListsHolding } from './lookup.ts';
import { listOffenders } from './offenders.ts';
import { createSubnetAdvisor } from './subnets.ts';
import { explainBan, type Why } from './why.ts';

interface AddressRoutesDeps {
  mount: Mount;
  db: Kysely<Database>;
  host: Host;
  engine: RegexEngine;
  locate: Locate;
  lists: ListsHolding;
  /** fail2ban's. */
  configDir: string;
  log: Log;
  now: Clock;
  /** Other than the addresses of this machine's interfaces in tests only. */
  ownAddresses?: () => string[];
}

/** Asking fail2ban's engine starts a process: who looks twice need not wait twice. */
const whyKeptMs = 15_000;
const whysKept = 50;

export function addressRoutes(deps: AddressRoutesDeps): void {
  const { mount, db, host, engine, locate, lists, configDir, log, now } = deps;
  const { ownAddresses = interfaceAddresses } = deps;
  const hostId = host.id;
  const ignoreLists = createIgnoreLists({ host, now });
  const places = (jail: string) => locateJail(configDir, jail);
  const lookUp = createLookup({ db, hostId, locate, ignoreLists, lists, log, now });
  const advisor = createSubnetAdvisor({ db, hostId, ignoreLists, ownAddresses, now });
  const whys = new Map<number, { why: Promise<Why>; at: number }>();

  const explain = (id: number): Promise<Why> => {
    const kept = whys.get(id);
    if (kept !== undefined && now() - kept.at < whyKeptMs) return kept.why;
    const why = explainBan({ db, host, engine, places, ignoreLists, locate }, id);
    keepRecent(whys, id, { why, at: now() }, whysKept);
    why.catch(() => whys.delete(id));
    return why;
  };

  mount(lookup, ({ params }) => lookUp(params.ip));
  mount(whyBanned, ({ params }) => explain(Number(params.id)));
  mount(repeatOffenders, ({ query }) => listOffenders({ db, hostId }, query));
  mount(subnetAdvice, async ({ query }, { client, proxies }) => ({
    items: await advisor.advise(query, [client, ...proxies]),
  }));
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}
