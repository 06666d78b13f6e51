/** A schedule in words of the catalogue. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { everyHours, readSchedule } from './schedule-words.ts';

/** Answers `daily 04:10`, `every 6 h`, `by hand`. */
export function useScheduleWords(): (text: string | null) => string {
  const { t } = useTranslation();
  return useCallback(
    (text) => {
      const schedule = readSchedule(text);
      switch (schedule.kind) {
        case 'none':
          return t('lists.schedule.none');
        case 'hourly':
          return t('lists.schedule.hourly');
        case 'daily':
          return t('lists.schedule.daily', { time: schedule.time });
        case 'weekly':
          return t('lists.schedule.weekly', {
            day: t(`lists.weekday.${schedule.day}`),
            time: schedule.time,
          });
        case 'cron': {
          const hours = everyHours(schedule.text);
          return hours === null
            ? t('lists.schedule.cron', { text: schedule.text })
            : t('lists.schedule.hours', { n: hours });
        }
      }
    },
    [t],
  );
}
