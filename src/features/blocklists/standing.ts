/** What no list may block though nobody put it on the allow-list: this machine, what it needs, and who works here. */
import type { Kysely } from 'kysely';
import { addressKey, parseAddress, type Address } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { MachineAddresses } from '../../host/machine-addresses.ts';
import type { Database } from '../../platform/db/schema.ts';
import { limitKey } from '../../platform/http/caller-address.ts';
import type { IgnoredEntry } from './ignored-entries.ts';

export interface Standing {
  entry: Address;
  why: 'own' | 'gateway' | 'resolver' | 'ignored' | 'signed_in';
  /** For a person. */
  detail: string;
}

export interface StandingDeps {
  db: Kysely<Database>;
  /** Each way to see the machine: ours, and that of fail2ban's action, which may stand in another network namespace. */
  machines: readonly (() => Promise<MachineAddresses>)[];
  trustedProxies: readonly Address[];
  ignored: () => Promise<IgnoredEntry[]>;
  now: Clock;
}

/** Each entry once for each reason, in the order of addresses: the same facts give the same list. */
export async function readStanding(deps: StandingDeps): Promise<Standing[]> {
  const { db, machines, trustedProxies, ignored, now } = deps;
  const [seen, ignores, people] = await Promise.all([
    Promise.all(machines.map((read) => read())),
    ignored(),
    signedIn(db, now()),
  ]);
  const all: Standing[] = [
    ...seen.flatMap(({ ownAddresses, gateways, resolvers }) => [
      ...ownAddresses.map((entry) => ({ entry, why: 'own' as const, detail: 'address of this machine' })),
      ...gateways.map((entry) => ({ entry, why: 'gateway' as const, detail: 'gateway of this machine' })),
      ...resolvers.map((entry) => ({
        entry,
        why: 'resolver' as const,
        detail: 'name server of this machine',
      })),
    ]),
    ...trustedProxies.map((entry) => ({ entry, why: 'own' as const, detail: 'trusted proxy of BanGUI' })),
    ...ignores.map(({ entry, jails }) => ({
      entry,
      why: 'ignored' as const,
      detail: `ignored by ${jails.join(', ')}`,
    })),
    ...people,
  ];
  const once = new Map(all.map((one) => [`${addressKey(one.entry)} ${one.why}`, one]));
  return [...once].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** An IPv6 subscriber's address changes inside its /64, and with it who would be locked out. */
async function signedIn(db: Kysely<Database>, time: number): Promise<Standing[]> {
  const rows = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .where('sessions.expires_at', '>', time)
    .select(['sessions.client', 'users.name'])
    .distinct()
    .orderBy('users.name')
    .execute();
  const names = Map.groupBy(rows, ({ client }) => parseAddress(limitKey(client)));
  return [...names].flatMap(([entry, people]) =>
    entry === null
      ? []
      : [
          {
            entry,
            why: 'signed_in' as const,
            detail: `signed in: ${people.map(({ name }) => name).join(', ')}`,
          },
        ],
  );
}
