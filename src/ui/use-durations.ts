/** Durations in words of the catalogue. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { durationParts } from './duration-parts.ts';

/** Answers `7 h 47 min` for seconds, and the word for permanent for −1. */
export function useDurations(): (seconds: number) => string {
  const { t } = useTranslation();
  return useCallback(
    (seconds) =>
      seconds === -1
        ? t('duration.permanent')
        : durationParts(seconds)
            .map((part) => t(`duration.${part.unit}`, { n: part.count }))
            .join('\u00a0'),
    [t],
  );
}
