/** The ways of reading the history, as links in the head of their pages. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** The one that is shown is marked by the router. */
const exact = { exact: true, includeSearch: false };

export function HistoryTabs() {
  const { t } = useTranslation();
  return (
    <nav className="segments tabs" aria-label={t('history.tabs')}>
      <Link to="/history" search={{}} className="segment" activeOptions={exact}>
        {t('history.tab_events')}
      </Link>
      <Link to="/offenders" search={{}} className="segment" activeOptions={exact}>
        {t('history.tab_offenders')}
      </Link>
      <Link to="/offenders/ranges" search={{}} className="segment" activeOptions={exact}>
        {t('history.tab_subnets')}
      </Link>
    </nav>
  );
}
