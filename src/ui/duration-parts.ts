/** Seconds as the two largest units a person would say. */

export type DurationUnit = 'd' | 'h' | 'min' | 's';

export interface DurationPart {
  count: number;
  unit: DurationUnit;
}

const units: readonly { unit: DurationUnit; seconds: number }[] = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3600 },
  { unit: 'min', seconds: 60 },
  { unit: 's', seconds: 1 },
];

/**
 * `27_000` is 7 h 30 min. Rounded down, so that what is left is never overstated; a second unit is only said when it
 * follows the first and is not zero; from ten days on there are no hours, and minutes carry no seconds from ten on.
 */
export function durationParts(seconds: number): DurationPart[] {
  const whole = Math.max(0, Math.floor(seconds));
  const at = units.findIndex((unit) => whole >= unit.seconds);
  const first = units[at];
  if (first === undefined) return [{ count: 0, unit: 's' }];
  const count = Math.floor(whole / first.seconds);
  const second = units[at + 1];
  const rest = second === undefined ? 0 : Math.floor((whole % first.seconds) / second.seconds);
  const large = { count, unit: first.unit };
  if (second === undefined || rest === 0 || (first.unit !== 'h' && count >= 10)) return [large];
  return [large, { count: rest, unit: second.unit }];
}
