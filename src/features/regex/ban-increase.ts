/** `bantime.increment` and what belongs to it, as a replay takes it. */
import { parseDuration } from '../../base/duration.ts';
import type { JailIncrease } from '../../host/host.ts';
import type { WrittenJail } from '../../host/regex/read-filters.ts';
import type { ReplayIncrease } from '../../host/regex/replay-lines.ts';

/** The daemon tells times in seconds. */
export const increaseInForce = (increase: JailIncrease | null): ReplayIncrease | null =>
  increase === null
    ? null
    : {
        factor: increase.factor,
        formula: increase.formula,
        multipliers: increase.multipliers,
        maxSeconds: secondsOf(increase.maxTime),
        randomSeconds: secondsOf(increase.randomTime),
        overallJails: increase.overallJails,
      };

export const increaseWritten = (written: WrittenJail): ReplayIncrease | null =>
  written.increment !== 'True'
    ? null
    : {
        factor: written.factor || null,
        formula: written.formula || null,
        multipliers: written.multipliers || null,
        maxSeconds: secondsOf(written.maxtime),
        randomSeconds: secondsOf(written.rndtime),
        overallJails: written.overalljails === 'True',
      };

/** Null for none, and for what is no time: a draft with such a one is refused before. */
function secondsOf(text: string | null): number | null {
  if (text === null || text === '') return null;
  return /^\d{1,15}(?:\.\d+)?$/.test(text) ? Number(text) : parseDuration(text);
}

/** What keeps the counting of longer bans from being exact, as sentences. */
export function increaseNotes(
  { now, trial }: { now: Sided; trial: Sided },
  purgeSeconds: number | null,
): string[] {
  const used = [now.increase, trial.increase].filter((one) => one !== null);
  if (used.length === 0) return [];
  if (purgeSeconds === null)
    return ['fail2ban keeps no database: nobody is known to return, and no ban grows.'];
  const others = used.some((one) => one.overallJails) ? ', and those of other jails,' : '';
  return [
    `Bans from before these lines${others} are not known here, and make none of these longer.`,
    ...(used.some((one) => (one.randomSeconds ?? 0) > 0)
      ? ['Half of bantime.rndtime stands for what fail2ban adds to a ban at random.']
      : []),
  ];
}

interface Sided {
  increase: ReplayIncrease | null;
}
