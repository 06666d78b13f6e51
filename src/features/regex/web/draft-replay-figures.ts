/** What a draft's replay comes to: bans a day where there are days, and how far back its lines reach. */
import { formatCount } from '../../../ui/numbers.ts';
import type { ReplayResult, ReplayRun } from './lab-query.ts';

const dayMs = 86_400_000;
/** A log that begins within this is as long as was asked. */
const nearMs = 3_600_000;

type Ended = Pick<ReplayRun, 'ended_at'>;
type Spanned = Pick<ReplayResult, 'asked_from' | 'reaches' | 'to'>;

/** ms; null: no line has a date. */
function beginOf({ asked_from: asked, reaches }: Spanned): number | null {
  if (reaches === null) return null;
  return Math.max(Date.parse(reaches), asked === null ? 0 : Date.parse(asked));
}

const endOf = ({ ended_at: ended }: Ended, { to }: Spanned): number => Date.parse(ended ?? to ?? '');

interface Bans {
  /** A day's share; else all. */
  daily: boolean;
  now: string;
  trial: string;
}

export function bansOver(run: Ended, result: Spanned & Pick<ReplayResult, 'bans'>): Bans {
  const begin = beginOf(result);
  const days = begin === null ? 0 : (endOf(run, result) - begin) / dayMs;
  const daily = days >= 1;
  const say = (bans: number): string => {
    const share = daily ? bans / days : bans;
    return formatCount(share >= 10 || Number.isInteger(share) ? Math.round(share) : Number(share.toFixed(1)));
  };
  return { daily, now: say(result.bans.now), trial: say(result.bans.trial) };
}

interface Reach {
  /** ms. */
  begins: number;
  seconds: number;
  askedSeconds: number;
}

/** Null when the lines reach back as far as was asked, or there are none. */
export function reachOf(run: Ended, result: Spanned): Reach | null {
  const begin = beginOf(result);
  if (result.asked_from === null || begin === null) return null;
  const asked = Date.parse(result.asked_from);
  if (begin - asked <= nearMs) return null;
  const end = endOf(run, result);
  return {
    begins: begin,
    seconds: Math.max(1, Math.round((end - begin) / 1000)),
    askedSeconds: Math.round((end - asked) / 1000),
  };
}
