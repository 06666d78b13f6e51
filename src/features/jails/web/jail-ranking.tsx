/** The jails by what they hold now, for the overview. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { RankedList } from '../../../ui/ranked-list.tsx';
import { jailsQuery } from './jails-query.ts';
import { sortJails } from './sort-jails.ts';

const shown = 10;

export function JailRanking() {
  const { t } = useTranslation();
  const { data } = useQuery(jailsQuery(useCaller()));
  const jails = data?.items ?? [];
  return (
    <RankedList
      title={t('overview.jails')}
      {...(data === undefined ? {} : { count: formatCount(jails.length) })}
      nameHead={t('overview.jail')}
      heads={[
        t('overview.banned_now'),
        t('overview.failing_now'),
        t('overview.bans_since'),
        t('overview.failures_since'),
      ]}
      rows={sortJails(jails, {})
        .slice(0, shown)
        .map((jail) => ({
          key: jail.name,
          name: (
            <Link to="/bans" search={{ jail: jail.name }}>
              {jail.name}
            </Link>
          ),
          weight: jail.currently_banned,
          cells: [
            <span key="banned">{formatCount(jail.currently_banned)}</span>,
            <span key="failing" className="soft">
              {formatCount(jail.currently_failed)}
            </span>,
            <span key="bans" className="quiet">
              {formatCount(jail.total_banned)}
            </span>,
            <span key="failures" className="quiet">
              {formatCount(jail.total_failed)}
            </span>,
          ],
        }))}
      foot={
        jails.length === 0 ? null : (
          <Link to="/jails" search={{}}>
            {t('overview.all_jails')}
          </Link>
        )
      }
    />
  );
}
