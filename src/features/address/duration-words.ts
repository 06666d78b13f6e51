/** How long a ban was, and why so long, as a sentence. */
import { formatDuration, permanent } from '../../base/duration.ts';
import type { JailSettings } from './settings-shape.ts';

interface Ban {
  origin: string;
  actor: string | null;
  /** -1 = permanent, null = unknown. */
  seconds: number | null;
  /** n-th ban of this address. */
  count: number;
}

export function durationWords({ origin, actor, seconds, count }: Ban, settings: JailSettings | null): string {
  if (origin === 'blocklist') return 'As long as a blocklist holds it.';
  const length = seconds === null ? 'Unknown length' : capital(formatDuration(seconds));
  if (origin === 'manual') return `${length}: manual ban by ${actor ?? 'somebody'}.`;
  if (seconds === null) return 'How long it was for is not known: fail2ban’s log does not tell.';
  if (settings === null) return `${length}.`;
  const { bantime, increase } = settings;
  if (seconds === bantime) {
    if (increase === null) return `${length}: the jail’s ban time.`;
    if (count <= 1) return `${length}: the jail’s ban time, as for every first ban.`;
  }
  if (increase === null || seconds === permanent) return `${length}, not the jail’s ban time then.`;
  if (count <= 1) return `${length}, not the jail’s ban time then (${formatDuration(bantime)}).`;
  const nth = `this was the ${ordinal(count)} ban of this address`;
  const grown = grow(bantime, count - 1, increase);
  if (grown === null) {
    const how =
      increase.formula === null ? 'lengthens the bans of who returns' : 'has a formula for who returns';
    return `${length}: the jail ${how}, and ${nth}.`;
  }
  const longest = increase.maxTime === null ? null : Number(increase.maxTime);
  const random = Number(increase.randomTime ?? 0);
  const bounded = longest === null ? grown.seconds : Math.min(grown.seconds, longest);
  if (seconds < Math.floor(bounded) || seconds > Math.ceil(bounded + random))
    return `${length}: the jail lengthens the bans of who returns, and ${nth}.`;
  const spread = random > 0 ? `, and up to ${formatDuration(random)} at random` : '';
  if (bounded < grown.seconds) return `${length}, the longest that the jail allows${spread}; ${nth}.`;
  return `${length} = ${formatDuration(bantime)} × ${grown.times}${spread}; ${nth}.`;
}

/** `before` earlier bans. Null where fail2ban evaluates an expression of its own (server/jail.py, setBanTimeExtra). */
function grow(
  bantime: number,
  before: number,
  { factor, formula, multipliers }: NonNullable<JailSettings['increase']>,
): { times: string; seconds: number } | null {
  const given = factor ?? '1';
  if (!/^\d{1,9}(?:\.\d{1,9})?$/.test(given) || bantime < 0) return null;
  const list = (multipliers ?? '').split(/\s+/).filter((one) => one !== '');
  if (list.some((one) => !/^\d{1,9}$/.test(one))) return null;
  if (list.length > 0) {
    const times = Number(list[before] ?? list.at(-1)) * Number(given);
    return { times: String(times), seconds: bantime * times };
  }
  if (formula !== null) return null;
  const times = 2 ** Math.min(before, 20) * Number(given);
  return { times: String(times), seconds: bantime * times };
}

export function ordinal(count: number): string {
  const tens = count % 100;
  if (tens >= 11 && tens <= 13) return `${count}th`;
  return `${count}${['th', 'st', 'nd', 'rd'][count % 10] ?? 'th'}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
