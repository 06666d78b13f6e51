/** The rows of the list: bans in force, with acts under way laid over them. */
import type { Attempt } from './attempts.ts';
import type { ActiveBan } from './bans-query.ts';
import { rowKey } from './bans-view.ts';

export interface BanRow {
  key: string;
  ip: string;
  jail: string;
  /** Null while a ban is only attempted. */
  ban: ActiveBan | null;
  attempt: Attempt | null;
}

/** `attempted` are bans not in the list yet; they stand on top. */
export function toRows(
  bans: readonly ActiveBan[],
  attempts: readonly Attempt[],
  attempted: readonly Attempt[],
): BanRow[] {
  const byKey = new Map(attempts.map((attempt) => [rowKey(attempt), attempt]));
  const listed = new Map<string, BanRow>();
  for (const ban of bans) {
    const key = rowKey(ban);
    listed.set(key, { key, ip: ban.ip, jail: ban.jail, ban, attempt: byKey.get(key) ?? null });
  }
  const above = attempted
    .filter((attempt) => !listed.has(rowKey(attempt)))
    .map((attempt) => ({ key: rowKey(attempt), ip: attempt.ip, jail: attempt.jail, ban: null, attempt }));
  return [...above, ...listed.values()];
}
