/** Why no ban is listed, and what to do about it. */
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { isFiltered, type BansView } from './bans-view.ts';
import type { BansList } from './use-bans-list.ts';

/** What the page's surroundings know of this moment. */
export interface BansMoment {
  bannedNow: number;
  failingNow: number;
  jails: number;
  /** ms of the last answer of fail2ban, null before the first. */
  asOf: number | null;
  /** Why fail2ban is not there; null when it is. */
  trouble: string | null;
}

interface BansEmptyProps {
  view: BansView;
  moment: BansMoment;
  list: BansList;
  onClear: () => void;
}

export function BansEmpty({ view, moment, list, onClear }: BansEmptyProps) {
  const { t } = useTranslation();
  const n = formatCount(moment.bannedNow);
  if (list.problem !== null) {
    return (
      <div className="page-note">
        <ProblemNote
          problem={list.problem}
          title={t('bans.failed')}
          acts={<Button onClick={list.showNew}>{t('ui.try_now')}</Button>}
        />
      </div>
    );
  }
  if (list.reading) return <p className="page-note quiet">{t('ui.loading')}</p>;
  if (view.origin === 'blocklist') {
    return (
      <EmptyState
        kind="switched-off"
        title={t('bans.off_title')}
        act={<Button onClick={onClear}>{t('bans.off_act')}</Button>}
      >
        {t('bans.off_text', { n })}
      </EmptyState>
    );
  }
  if (isFiltered(view)) {
    return (
      <EmptyState
        kind="nothing-matches"
        title={t('bans.none_title')}
        act={<Button onClick={onClear}>{t('bans.none_clear')}</Button>}
      >
        {t('bans.none_text', { n })}
      </EmptyState>
    );
  }
  if (moment.trouble !== null) {
    return (
      <EmptyState
        kind="unreachable"
        title={t('bans.unread_title')}
        act={<Button onClick={list.showNew}>{t('ui.try_now')}</Button>}
        foot={t('bans.unread_foot')}
      >
        {t('bans.unread_text', { reason: moment.trouble })}
      </EmptyState>
    );
  }
  return (
    <EmptyState kind="nothing-yet" title={t('bans.empty_title')} foot={t('bans.empty_foot')}>
      {t('bans.empty_text', { n: formatCount(moment.failingNow) })}
    </EmptyState>
  );
}
