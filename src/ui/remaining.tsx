/** What is left of a span, in words; the bar only repeats them. */
import { useTranslation } from 'react-i18next';
import { useDurations } from './use-durations.ts';

interface RemainingProps {
  /** ms; `until` null = permanent. */
  from: number;
  until: number | null;
  now: number;
}

export function Remaining({ from, until, now }: RemainingProps) {
  const { t } = useTranslation();
  const say = useDurations();
  if (until === null) return <span className="remaining soft">{t('duration.permanent')}</span>;
  const left = (until - now) / 1000;
  if (left <= 0) return <span className="remaining quiet">{t('duration.ending')}</span>;
  const share = Math.min(1, left / Math.max(1, (until - from) / 1000));
  return (
    <span className="remaining">
      <span>{say(left)}</span>
      <span className="remaining-track" aria-hidden>
        <span className="remaining-bar" style={{ width: `${share * 100}%` }} />
      </span>
    </span>
  );
}
