/** From how many bans on a country takes each colour: a setting of this browser. */

/** Lowest counts of steps 1 to 5, rising. */
export type Thresholds = readonly number[];

export const usualThresholds: Thresholds = [1, 10, 50, 100, 200];

/** What is wrong with thresholds as they were typed, and with which of them; null when nothing is. */
export type ThresholdFault = { at: number; fault: 'no_number' | 'too_small' | 'too_large' | 'not_rising' };

const largest = 1_000_000_000;

export function readThresholds(
  texts: readonly string[],
): { ok: true; value: Thresholds } | { ok: false; fault: ThresholdFault } {
  const numbers: number[] = [];
  for (const [at, text] of texts.entries()) {
    const fault = faultOf(text.trim(), numbers.at(-1));
    if (fault !== null) return { ok: false, fault: { at, fault } };
    numbers.push(Number(text.trim()));
  }
  return { ok: true, value: numbers };
}

function faultOf(text: string, before: number | undefined): ThresholdFault['fault'] | null {
  if (!/^\d{1,12}$/.test(text)) return 'no_number';
  const value = Number(text);
  if (value < 1) return 'too_small';
  if (value > largest) return 'too_large';
  return before !== undefined && value <= before ? 'not_rising' : null;
}

const key = 'bangui-map-thresholds';

/** The usual ones when nothing, or nothing usable, is remembered. */
export function rememberedThresholds(storage: Pick<Storage, 'getItem'>): Thresholds {
  try {
    const texts = storage.getItem(key)?.split(',') ?? [];
    if (texts.length !== usualThresholds.length) return usualThresholds;
    const read = readThresholds(texts);
    return read.ok ? read.value : usualThresholds;
  } catch {
    // storage is switched off
    return usualThresholds;
  }
}

export function rememberThresholds(storage: Pick<Storage, 'setItem'>, thresholds: Thresholds): void {
  try {
    storage.setItem(key, thresholds.join(','));
  } catch {
    // storage is switched off: the choice holds until the page is left
  }
}
