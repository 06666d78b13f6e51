/** Words for the range of a page, for the time before it, and for the length of a bar. */
import { useTranslation } from 'react-i18next';
import { useDurations } from '../../../ui/use-durations.ts';
import { isOwnRange, usualRange, type DashboardView } from './dashboard-view.ts';

interface RangeWords {
  /** `24 h before`, `time before` */
  before: string;
  /** `the 24 h before`, `the time before` */
  theBefore: string;
  /** `24 h`; null for a stretch of its own. */
  length: string | null;
}

export function useRangeWords(view: DashboardView): RangeWords {
  const { t } = useTranslation();
  if (isOwnRange(view)) {
    return { before: t('overview.before_own'), theBefore: t('overview.the_before_own'), length: null };
  }
  const length = t(`range.${view.range ?? usualRange}`).replace(' ', '\u00a0');
  return {
    before: t('overview.before_length', { length }),
    theBefore: t('overview.the_before_length', { length }),
    length,
  };
}

/** `per 30 min`, `per hour`, `per day` */
export function usePer(): (seconds: number) => string {
  const { t } = useTranslation();
  const say = useDurations();
  return (seconds) => {
    if (seconds === 3600) return t('overview.per_hour');
    if (seconds === 86_400) return t('overview.per_day');
    return t('overview.per', { bucket: say(seconds) });
  };
}
