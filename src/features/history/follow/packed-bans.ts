/** Bans on their way from the thread that reads fail2ban's table: as objects, the way would cost more than the reading. */
import type { NewBan, SeedBan } from '../new-event.ts';
import { seedBanOf } from '../store/clean-event.ts';
import { originOf } from './told-events.ts';

/** Lists with an entry for each ban, but for `jails`. */
export interface PackedBans {
  /** Different ones, to which `numbers` point. */
  jails: string[];
  ips: string[];
  lines: (string | null)[];
  /** Of each ban: jail, second, ban time (NaN: unknown), count, failures. */
  numbers: Float64Array<ArrayBuffer>;
}

const width = 5;

/** Bans of the table, as `fromTable` has them. */
export function packBans(bans: readonly NewBan[]): PackedBans {
  const jails = new Map<string, number>();
  const ips: string[] = [];
  const lines: (string | null)[] = [];
  const numbers = new Float64Array(bans.length * width);
  for (const [place, ban] of bans.map(seedBanOf).entries()) {
    const jail = jails.get(ban.jail) ?? jails.size;
    jails.set(ban.jail, jail);
    ips.push(ban.ip);
    lines.push(ban.lines);
    const { fail2banAt, seconds, count, failures } = ban;
    const at = place * width;
    numbers[at] = jail;
    numbers[at + 1] = fail2banAt ?? 0;
    numbers[at + 2] = seconds ?? Number.NaN;
    numbers[at + 3] = count;
    numbers[at + 4] = failures;
  }
  return { jails: [...jails.keys()], ips, lines, numbers };
}

export function unpackBans({ jails, ips, lines, numbers }: PackedBans): SeedBan[] {
  return ips.map((ip, place) => {
    const at = place * width;
    const jail = jails[numbers[at] ?? 0] ?? '';
    const second = numbers[at + 1] ?? 0;
    const seconds = numbers[at + 2] ?? Number.NaN;
    return {
      action: 'ban',
      jail,
      ip,
      at: second * 1000,
      origin: originOf(jail),
      actor: null,
      reason: null,
      fail2banAt: second,
      seconds: Number.isNaN(seconds) ? null : seconds,
      count: numbers[at + 3] ?? 1,
      failures: numbers[at + 4] ?? 0,
      lines: lines[place] ?? null,
    };
  });
}
