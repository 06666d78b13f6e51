/** Words for the stretch of time that a bar stands for, on the operator's clock. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useTimes } from '../page-context.tsx';

export interface BarTimes {
  /** `02:30 to 03:00`; with the day when the chart spans more than one; the day alone for bars of days. */
  stretch: (at: number) => string;
  /** `02:30`, `22 Nov 02:30` or `22 Nov`. */
  start: (at: number) => string;
  /** The bars are whole days or more; one day each. */
  days: boolean;
  single: boolean;
}

const hour = 3_600_000;
const day = 24 * hour;

/** `spanMs` is the length of the whole chart. */
export function useBarTimes(barMs: number, spanMs: number): BarTimes {
  const { t } = useTranslation();
  const { zone } = useTimes();
  return useMemo(() => {
    const format = (options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options });
    const clock = format({ hour: '2-digit', minute: '2-digit' });
    const date = format({ day: 'numeric', month: 'short' });
    const days = barMs >= day;
    const dated = spanMs > 36 * hour;
    const start = (at: number): string => {
      if (days) return date.format(at);
      return dated ? `${date.format(at)} ${clock.format(at)}` : clock.format(at);
    };
    const stretch = (at: number): string => {
      if (!days) return t('charts.stretch', { from: start(at), to: clock.format(at + barMs) });
      if (barMs <= day) return date.format(at);
      // the end is not part of it: the last day is the one before
      return t('charts.stretch', { from: date.format(at), to: date.format(at + barMs - hour) });
    };
    return { start, stretch, days, single: barMs === day };
  }, [barMs, spanMs, zone, t]);
}
