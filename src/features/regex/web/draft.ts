/** What is tried: expressions and limits, beside what is in force. */
import { formatDuration } from '../../../base/duration.ts';
import type { FilterText, LabJail, ReplayBody, SavedTrial } from './lab-query.ts';

export interface Draft {
  failregex: string[];
  /** As typed; empty: as in force. */
  maxretry: string;
  findtime: string;
  bantime: string;
}

/** What the bench stands on: a jail, or a filter alone. */
export interface Ground {
  /** Null: a filter alone, which has no limits and cannot be replayed. */
  jail: LabJail | null;
  /** Name of the filter, without its options. */
  filter: string | null;
  text: FilterText;
}

export const jailGround = (jail: LabJail): Ground => ({
  jail,
  filter: jail.filter?.replace(/\[.*$/s, '') ?? null,
  text: jail.text,
});

export const firstDraft = (ground: Ground, saved: SavedTrial | null): Draft => {
  const trial = saved?.content.trial ?? {};
  const { failregex } = trial;
  return {
    failregex:
      failregex === undefined
        ? [...ground.text.failregex]
        : typeof failregex === 'string'
          ? failregex.split('\n')
          : failregex,
    maxretry: trial.maxretry === undefined ? '' : String(trial.maxretry),
    findtime: timeText(trial.findtime),
    bantime: timeText(trial.bantime),
  };
};

const timeText = (value: string | number | undefined): string =>
  typeof value === 'number' ? formatDuration(value).replaceAll(' ', '') : (value ?? '');

/** Numbers of the expressions that are not in force. */
export function newExpressions(draft: Draft, text: FilterText): ReadonlySet<number> {
  const inForce = new Set(text.failregex);
  return new Set(draft.failregex.flatMap((regex, index) => (inForce.has(regex.trim()) ? [] : [index])));
}

/** What differs from what is in force. */
export function trialOf(draft: Draft, text: FilterText): NonNullable<ReplayBody['trial']> {
  const lines = usable(draft);
  const same = lines.length === text.failregex.length && lines.every((one, at) => one === text.failregex[at]);
  const maxretry = Number(draft.maxretry);
  return {
    ...(same ? {} : { failregex: lines }),
    ...(draft.maxretry.trim() === '' ? {} : { maxretry }),
    ...(draft.findtime.trim() === '' ? {} : { findtime: draft.findtime.trim() }),
    ...(draft.bantime.trim() === '' ? {} : { bantime: draft.bantime.trim() }),
  };
}

const usable = ({ failregex }: Draft): string[] =>
  failregex.map((one) => one.trim()).filter((one) => one !== '');

/** Places of the expressions that are sent, among all rows. */
export const usableRows = ({ failregex }: Draft): number[] =>
  failregex.flatMap((one, index) => (one.trim() === '' ? [] : [index]));
