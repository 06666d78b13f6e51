/** How far a replay is, and how long it may still take. */
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../ui/numbers.ts';
import type { ReplayRun } from './lab-query.ts';

export function ReplayProgress({ run }: { run: ReplayRun | undefined }) {
  const { t } = useTranslation();
  const { lines, share, seconds_left: left } = run?.progress ?? { lines: 0, share: null, seconds_left: null };
  const known = share !== null && left !== null;
  return (
    <div className="lab-progress">
      <span>
        {run?.state === 'queued' ? t('lab.run_state.queued') : t('lab.read_lines', { n: formatCount(lines) })}
        {known ? <span className="quiet"> {t('lab.left', { n: formatCount(left) })}</span> : null}
      </span>
      <progress
        aria-label={t('lab.replay')}
        {...(share === null ? {} : { value: Math.round(share * 1000), max: 1000 })}
      />
    </div>
  );
}
