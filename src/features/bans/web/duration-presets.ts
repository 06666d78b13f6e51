/** Durations offered for a ban by hand, beside the jail's own. */
import { shortestKept } from '../../../base/duration.ts';

export interface Preset {
  value: string;
  seconds: number;
}

const offered = [600, 3600, 86_400, 604_800, 2_592_000, -1];

/** `own` in seconds, −1 = permanent. */
export const presetsBeside = (own: number): Preset[] =>
  offered
    .filter(
      (seconds) => seconds !== own && (own === -1 || own >= shortestKept || (seconds > 0 && seconds < own)),
    )
    .map((seconds) => ({ value: String(seconds), seconds }));
