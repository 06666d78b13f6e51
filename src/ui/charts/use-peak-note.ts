/** What is written at the highest bar. */
import { useTranslation } from 'react-i18next';
import { formatCount } from '../numbers.ts';
import { bucketTotal, type Bucket } from './buckets.ts';
import type { BarTimes } from './use-bar-times.ts';

/** The highest bucket as the server knows it, with the jail that made most of it. */
export interface Peak {
  at: number;
  bans: number;
  jail: string;
  of_jail: number;
}

export interface PeakNote {
  index: number;
  total: number;
  strong: string;
  rest: string;
}

interface PeakInput {
  bars: readonly Bucket[];
  /** Null when bars are not the buckets of the server. */
  peak: Peak | null;
  /** Without the jail. */
  plain: boolean;
  words: BarTimes;
}

/** One or two bans are no peak. */
const least = 3;

export function usePeakNote({ bars, peak, plain, words }: PeakInput): PeakNote | null {
  const { t } = useTranslation();
  let index = -1;
  let total = 0;
  for (const [at, bar] of bars.entries()) {
    if (bucketTotal(bar) <= total) continue;
    total = bucketTotal(bar);
    index = at;
  }
  const bar = bars[index];
  if (bar === undefined || total < least) return null;
  const values = { n: formatCount(total), time: words.days ? words.stretch(bar.at) : words.start(bar.at) };
  const strong = words.days
    ? t(words.single ? 'charts.peak_on' : 'charts.peak_from', values)
    : t('charts.peak_at', values);
  const named = !plain && peak !== null && peak.at === bar.at && peak.of_jail > 0;
  const rest = named ? t('charts.peak_jail', { n: formatCount(peak.of_jail), jail: peak.jail }) : '';
  return { index, total, strong, rest };
}
