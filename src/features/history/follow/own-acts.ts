/** Which events are an operator's own: bans noted before fail2ban was asked, unbans audited after it answered. */
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../../platform/db/schema.ts';
import type { NewEvent, SeedBan } from '../new-event.ts';

/** A ban belongs to its note unless it began this much later, ms: slow firewall actions take their time. */
const slackMs = 60_000;
/** fail2ban's database rounds to whole seconds. */
const roundingMs = 2_000;

interface Act {
  from: number;
  by: string;
  reason: string | null;
}

/** The same events; those that an operator brought about say so. */
export async function withOwnActs<E extends NewEvent | SeedBan>(
  trx: Transaction<Database>,
  hostId: string,
  events: readonly E[],
): Promise<readonly E[]> {
  if (events.length === 0) return [];
  const times = events.map(({ at }) => at);
  const from = Math.min(...times);
  const to = Math.max(...times);
  const bans = events.some(({ action }) => action === 'ban') ? await notes(trx, { hostId, from, to }) : none;
  const unbans = events.some(({ action }) => action === 'unban')
    ? await audited(trx, { hostId, from, to })
    : none;
  if (bans.size + unbans.size === 0) return events;
  return events.map((event) => {
    const act = event.action === 'ban' ? byHand(bans, event) : byHand(unbans, event);
    return act === undefined ? event : { ...event, origin: 'manual', actor: act.by, reason: act.reason };
  });
}

type Acts = ReadonlyMap<string, readonly Act[]>;
const none: Acts = new Map();

interface Stretch {
  hostId: string;
  from: number;
  to: number;
}

function byHand(acts: Acts, { jail, ip, at }: NewEvent | SeedBan): Act | undefined {
  const fits = (act: Act): boolean => at >= act.from - roundingMs && at <= act.from + slackMs;
  const keys = [keyOf(jail, ip), keyOf('', ip), keyOf('', '')];
  for (const key of keys) {
    const act = acts.get(key)?.find(fits);
    if (act !== undefined) return act;
  }
  return undefined;
}

const keyOf = (jail: string, ip: string): string => `${jail}\n${ip}`;

async function notes(trx: Transaction<Database>, { hostId, from, to }: Stretch): Promise<Acts> {
  const rows = await trx
    .selectFrom('manual_bans')
    .select(['jail', 'ip', 'banned_at', 'banned_by', 'reason', 'renewed_at'])
    .where('host_id', '=', hostId)
    .where((eb) =>
      eb.or([
        eb.between('banned_at', from - slackMs, to + roundingMs),
        eb.between('renewed_at', from - slackMs, to + roundingMs),
      ]),
    )
    .execute();
  return new Map(
    rows.map(({ jail, ip, banned_at: at, banned_by: by, reason: why, renewed_at: again }) => {
      const act = { by, reason: why === '' ? null : why };
      return [
        keyOf(jail, ip),
        [at, again].flatMap((time) => (time === null ? [] : [{ from: Number(time), ...act }])),
      ];
    }),
  );
}

const detail = z.object({ ips: z.array(z.string()).optional() }).catch({});

/** Audited when it is done: the act began at most so much before as its slowest firewall action takes. */
async function audited(trx: Transaction<Database>, { hostId, from, to }: Stretch): Promise<Acts> {
  const rows = await trx
    .selectFrom('audit')
    .select(['at', 'actor', 'action', 'target', 'detail'])
    .where('at', '>=', from)
    .where('at', '<=', to + slackMs)
    .where('host_id', '=', hostId)
    .where('action', 'in', ['bans.unban', 'bans.unban_all'])
    .where(sql<boolean>`outcome = 'done'`)
    .execute();
  const acts = new Map<string, Act[]>();
  for (const { at, actor, action, target, detail: text } of rows) {
    const ips = action === 'bans.unban_all' ? [''] : (detail.parse(parsed(text)).ips ?? []);
    const jail = action === 'bans.unban_all' || target === 'every jail' ? '' : target;
    for (const ip of ips) {
      const key = keyOf(jail, ip);
      acts.set(key, [
        ...(acts.get(key) ?? []),
        { from: Number(at) - slackMs + roundingMs, by: actor, reason: null },
      ]);
    }
  }
  return acts;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
