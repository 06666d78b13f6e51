/** Why no event is listed, and what to do about it. */
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { HistoryState } from './history-query.ts';
import { filterNames, isFiltered, without, type HistoryView } from './history-view.ts';
import type { HistoryList } from './use-history-list.ts';

interface HistoryEmptyProps {
  view: HistoryView;
  list: HistoryList;
  state: HistoryState | undefined;
  /** Why the state is not known. */
  stateProblem: Problem | null;
  /** Why fail2ban is not there; null when it is. */
  trouble: string | null;
  onView: (view: HistoryView) => void;
}

export function HistoryEmpty({ view, list, state, stateProblem, trouble, onView }: HistoryEmptyProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const problem = list.problem ?? (list.reading ? null : stateProblem);
  if (problem !== null) {
    return (
      <div className="page-note">
        <ProblemNote
          problem={problem}
          title={t('history.failed')}
          acts={<Button onClick={list.showNew}>{t('ui.try_now')}</Button>}
        />
      </div>
    );
  }
  if (list.reading || state === undefined) return <p className="page-note quiet">{t('ui.loading')}</p>;
  const kept = {
    n: formatCount(state.events),
    since: state.since === null ? '' : times.moment(Date.parse(state.since), now),
  };
  const placed = view.country !== undefined || view.asn !== undefined;
  const data = view.country === undefined ? 'network' : 'country';
  if (placed && !state.geo.some(({ kind, date }) => kind === data && date !== null)) {
    return (
      <EmptyState
        kind="switched-off"
        title={t(`history.off_${data}_title`)}
        act={
          <Button onClick={() => onView(without(without(view, 'country'), 'asn'))}>
            {t('history.drop', { name: t(`history.names.${data === 'country' ? 'country' : 'asn'}`) })}
          </Button>
        }
      >
        {t('history.off_text')}
      </EmptyState>
    );
  }
  if (state.state === 'seeding') {
    return (
      <EmptyState kind="nothing-yet" title={t('history.taking_title')} foot={t('history.empty_foot')}>
        {t('history.taking_text')}
      </EmptyState>
    );
  }
  if (isFiltered(view) && state.events > 0) {
    const last = filterNames.findLast((name) => view[name] !== undefined);
    return (
      <EmptyState
        kind="nothing-matches"
        title={t('history.none_title')}
        act={
          <>
            <Button onClick={() => onView({})}>{t('history.none_clear')}</Button>
            {last === undefined ? null : (
              <Button kind="ghost" onClick={() => onView(without(view, last))}>
                {t('history.drop', { name: t(`history.names.${last}`) })}
              </Button>
            )}
          </>
        }
      >
        {state.since === null ? t('history.none_text', kept) : t('history.none_since', kept)}
      </EmptyState>
    );
  }
  if (state.state === 'waiting' || (trouble !== null && state.events === 0)) {
    return (
      <EmptyState
        kind="unreachable"
        title={t('history.unread_title')}
        act={<Button onClick={list.showNew}>{t('ui.try_now')}</Button>}
        foot={t('history.unread_foot')}
      >
        {t('history.unread_text', { reason: trouble ?? '' })}
      </EmptyState>
    );
  }
  return (
    <EmptyState kind="nothing-yet" title={t('history.empty_title')} foot={t('history.empty_foot')}>
      {state.since === null ? t('history.empty_text') : t('history.empty_since', kept)}
    </EmptyState>
  );
}
