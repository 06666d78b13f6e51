/** Words for the range of a page and for the time before it. */
import { useTranslation } from 'react-i18next';
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
