/** Why no entry is listed, and what to do about it. */
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import type { LogView } from './log-view.ts';
import type { LogList } from './use-log-list.ts';

interface LogEmptyProps {
  view: LogView;
  list: LogList;
  onView: (view: LogView) => void;
}

export function LogEmpty({ view, list, onView }: LogEmptyProps) {
  const { t } = useTranslation();
  const again = <Button onClick={list.readAnew}>{t('ui.try_now')}</Button>;
  if (list.problem !== null)
    return (
      <div className="page-note">
        <ProblemNote problem={list.problem} title={t('log.failed')} acts={again} />
      </div>
    );
  if (list.reading) return <p className="page-note quiet">{t('ui.loading')}</p>;
  if (list.unreadable !== null)
    return (
      <EmptyState kind="unreachable" title={t('log.unread_title')} act={again} foot={t('log.unread_foot')}>
        <p>{list.unreadable.reason}</p>
        <p>
          {t('ui.to_do')} {list.unreadable.remedy}
        </p>
      </EmptyState>
    );
  const filtered = view.filter !== undefined || view.level !== undefined || view.jail !== undefined;
  if (!list.complete)
    return (
      <EmptyState
        kind="nothing-matches"
        title={t('log.none_yet')}
        act={<Button onClick={list.more}>{t('log.look_on')}</Button>}
      >
        {t('log.none_yet_text')}
      </EmptyState>
    );
  return filtered ? (
    <EmptyState
      kind="nothing-matches"
      title={t('log.none_title')}
      act={
        <Button onClick={() => onView(view.rotated === undefined ? {} : { rotated: 'true' })}>
          {t('log.clear')}
        </Button>
      }
    >
      {list.rotatedFiles > 0 && view.rotated === undefined
        ? t('log.none_rotated', { count: list.rotatedFiles })
        : t('log.none_text')}
    </EmptyState>
  ) : (
    <EmptyState kind="nothing-yet" title={t('log.empty_title')}>
      {t('log.empty_text')}
    </EmptyState>
  );
}
