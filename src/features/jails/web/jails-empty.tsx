/** Why no jail is listed, and what to do about it. */
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import type { JailsView } from './jails-view.ts';

export interface JailsMoment {
  version: string | null;
  /** ms of the last answer of fail2ban, null before the first. */
  asOf: number | null;
  /** Why fail2ban is not there; null when it is. */
  trouble: string | null;
}

interface JailsEmptyProps {
  view: JailsView;
  moment: JailsMoment;
  /** Jails in all; null before they were read. */
  all: number | null;
  problem: Problem | null;
  onClear: () => void;
  onRetry: () => void;
}

export function JailsEmpty({ view, moment, all, problem, onClear, onRetry }: JailsEmptyProps) {
  const { t } = useTranslation();
  const again = <Button onClick={onRetry}>{t('ui.try_now')}</Button>;
  if (problem !== null && all === null) {
    return (
      <div className="page-note">
        <ProblemNote problem={problem} title={t('jails.failed')} acts={again} />
      </div>
    );
  }
  if (all === null) return <p className="page-note quiet">{t('ui.loading')}</p>;
  if (all > 0) {
    return (
      <EmptyState
        kind="nothing-matches"
        title={t('jails.none_title')}
        act={<Button onClick={onClear}>{t('jails.none_clear')}</Button>}
      >
        {t('jails.none_text', { n: formatCount(all), search: view.search ?? '' })}
      </EmptyState>
    );
  }
  if (moment.trouble !== null) {
    return (
      <EmptyState
        kind="unreachable"
        title={t('jails.unread_title')}
        act={again}
        foot={t('jails.unread_foot')}
      >
        {t('jails.unread_text', { reason: moment.trouble })}
      </EmptyState>
    );
  }
  if (moment.asOf === null) {
    return (
      <EmptyState kind="nothing-yet" title={t('jails.yet_title')} foot={t('jails.yet_foot')}>
        {t('jails.yet_text')}
      </EmptyState>
    );
  }
  return (
    <EmptyState kind="switched-off" title={t('jails.off_title')}>
      {t('jails.off_text', { version: moment.version ?? '' })}
    </EmptyState>
  );
}
