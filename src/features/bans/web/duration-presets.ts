/** Durations offered for a ban by hand: those shorter than the jail's own, which is the longest possible. */

export interface Preset {
  value: string;
  seconds: number;
}

const offered = [600, 3600, 86_400, 604_800, 2_592_000];

/** `longest` in seconds, −1 = permanent. */
export const presetsUpTo = (longest: number): Preset[] =>
  offered
    .filter((seconds) => longest === -1 || seconds < longest)
    .map((seconds) => ({ value: String(seconds), seconds }));
