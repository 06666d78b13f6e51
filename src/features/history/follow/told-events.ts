/** What fail2ban's log and database tell, as events of the history. */
import type { TableBan } from '../../../host/bans/ban-table.ts';
import type { Heard } from '../../../host/bans/heard.ts';
import { blocklistJailName } from '../../../host/blocklist/names.ts';
import type { NewBan, NewEvent, Origin } from '../new-event.ts';
import type { JailFacts } from './messages.ts';

/** Later than this after its line, the jail may have another ban time than it had. */
const freshMs = 10_000;

/** `jails` as fail2ban runs them now. An increase belongs to the ban before it. */
export function fromLog(
  heard: readonly Heard[],
  jails: ReadonlyMap<string, JailFacts>,
  now: number,
): NewEvent[] {
  const events: NewEvent[] = [];
  const bans = new Map<string, NewBan>();
  for (const { type, jail, ip, at, count, seconds } of heard) {
    const told = { jail, ip, at, origin: originOf(jail), actor: null, reason: null };
    const key = `${jail}\n${ip}`;
    if (type === 'unban') events.push({ ...told, action: 'unban' });
    else if (type === 'increase') {
      const ban = bans.get(key);
      if (ban === undefined) continue;
      ban.count = count;
      ban.seconds = seconds;
    } else {
      const facts = now - at < freshMs ? jails.get(jail) : undefined;
      const usual = facts === undefined || facts.increments ? null : facts.banSeconds;
      const ban: NewBan = {
        ...told,
        action: 'ban',
        fail2banAt: null,
        seconds: usual,
        count: 1,
        failures: 0,
        lines: [],
      };
      bans.set(key, ban);
      events.push(ban);
    }
  }
  return events;
}

export const fromTable = (bans: readonly TableBan[]): NewBan[] =>
  bans.map(({ jail, ip, at, seconds, count, failures, lines }) => ({
    action: 'ban',
    jail,
    ip,
    at: at * 1000,
    origin: originOf(jail),
    actor: null,
    reason: null,
    fail2banAt: at,
    seconds,
    count,
    failures,
    lines,
  }));

export const originOf = (jail: string): Origin => (jail === blocklistJailName ? 'blocklist' : 'own');
