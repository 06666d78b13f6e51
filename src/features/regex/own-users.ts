/** Addresses of our own users: of this machine, and of those who are signed in. */
import { networkInterfaces } from 'node:os';
import type { Kysely } from 'kysely';
import { parseAddress } from '../../base/address.ts';
import type { Database } from '../../platform/db/schema.ts';

export type OwnReason = 'ignored' | 'machine' | 'session' | 'caller';

export interface OwnUsers {
  machine: string[];
  /** Why an address is one of ours. */
  reasons: Map<string, OwnReason>;
}

export async function ownUsers(db: Kysely<Database>, client: string, now: number): Promise<OwnUsers> {
  const sessions = await db
    .selectFrom('sessions')
    .select('client')
    .distinct()
    .where('expires_at', '>', now)
    .execute();
  const machine = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map((one) => one.address),
  );
  const reasons = new Map<string, OwnReason>();
  const put = (address: string, reason: OwnReason): void => {
    const known = parseAddress(address);
    if (known !== null) reasons.set(known, reason);
  };
  for (const { client: other } of sessions) put(other, 'session');
  for (const address of machine) put(address, 'machine');
  put(client, 'caller');
  return { machine: machine.filter((one) => parseAddress(one) !== null), reasons };
}
