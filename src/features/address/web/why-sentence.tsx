/** `5 lines matched within 3 min 41 s. The jail bans after 5 in 10 min.` */
import { Trans, useTranslation } from 'react-i18next';
import { parseDuration } from '../../../base/duration.ts';
import { useDurations } from '../../../ui/use-durations.ts';
import type { Why } from './address-query.ts';

export function WhySentence({ why }: { why: Why }) {
  const { t } = useTranslation();
  const say = useDurations();
  const { lines, within_seconds: within, settings } = why;
  const { maxretry, findtime } = settings;
  // made by hand, or its lines are gone: the rule of the jail explains nothing
  if (lines.length === 0) return null;
  const matched = lines.filter((line) => line.expression !== null).length;
  const count = matched === 0 ? lines.length : matched;
  const seconds = findtime === null ? null : parseDuration(findtime.value);
  return (
    <p>
      {within === null
        ? t('address.matched', { count })
        : t('address.matched_within', { count, time: say(within) })}{' '}
      {maxretry === null || findtime === null ? null : (
        <Trans
          i18nKey="address.rule"
          values={{ max: maxretry.value, time: seconds === null ? findtime.value : say(seconds) }}
          components={{ 1: <b /> }}
        />
      )}
    </p>
  );
}
