/** The ways of reading the history, as links in the head of their pages. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function HistoryTabs({ on }: { on: 'events' | 'offenders' | 'subnets' }) {
  const { t } = useTranslation();
  const current = (tab: typeof on): { 'aria-current'?: 'page' } =>
    tab === on ? { 'aria-current': 'page' } : {};
  return (
    <nav className="segments tabs" aria-label={t('history.tabs')}>
      <Link to="/history" search={{}} className="segment" {...current('events')}>
        {t('history.tab_events')}
      </Link>
      <Link to="/offenders" search={{}} className="segment" {...current('offenders')}>
        {t('history.tab_offenders')}
      </Link>
      <Link to="/offenders" search={{ show: 'subnets' }} className="segment" {...current('subnets')}>
        {t('history.tab_subnets')}
      </Link>
    </nav>
  );
}
