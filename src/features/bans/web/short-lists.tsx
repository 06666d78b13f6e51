/** Two short lists for the overview: addresses banned most often, and bans that end next. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { RankedList } from '../../../ui/ranked-list.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { useNow } from '../../../ui/use-now.ts';
import { endingQuery, repeatedQuery, type ActiveBan } from './bans-query.ts';
import { rowKey } from './bans-view.ts';

export function MostRepeated() {
  const { t } = useTranslation();
  const { data } = useQuery(repeatedQuery(useCaller()));
  const left = useLeft();
  const rows = (data?.items ?? []).filter((ban) => ban.ban_count > 1);
  return (
    <RankedList
      title={t('overview.repeat')}
      nameHead={t('overview.address')}
      heads={[t('overview.times'), t('overview.left')]}
      rows={rows.map((ban) => ({
        key: rowKey(ban),
        name: <BanName ban={ban} />,
        weight: ban.ban_count,
        cells: [
          <span key="times">{t('bans.times_value', { count: ban.ban_count })}</span>,
          <span key="left" className="quiet">
            {left(ban)}
          </span>,
        ],
      }))}
      foot={
        rows.length > 0 ? (
          <Link to="/bans" search={{ sort: '-ban_count' }}>
            {t('overview.all_repeat')}
          </Link>
        ) : data === undefined ? null : (
          <span className="quiet">{t('overview.repeat_empty')}</span>
        )
      }
    />
  );
}

export function EndingNext() {
  const { t } = useTranslation();
  const { data } = useQuery(endingQuery(useCaller()));
  const left = useLeft();
  const now = useNow(15_000);
  const rows = (data?.items ?? []).filter(
    (ban) => ban.expires_at !== null && Date.parse(ban.expires_at) > now,
  );
  return (
    <RankedList
      title={t('overview.ending')}
      nameHead={t('overview.address')}
      heads={[t('overview.left')]}
      rows={rows.map((ban) => ({
        key: rowKey(ban),
        name: <BanName ban={ban} />,
        weight: Date.parse(ban.expires_at ?? '') - now,
        cells: [<span key="left">{left(ban)}</span>],
      }))}
      foot={
        rows.length > 0 ? (
          <Link to="/bans" search={{ sort: 'expires_at' }}>
            {t('overview.all_ending')}
          </Link>
        ) : data === undefined ? null : (
          <span className="quiet">{t('overview.ending_empty')}</span>
        )
      }
    />
  );
}

function BanName({ ban }: { ban: ActiveBan }) {
  return (
    <>
      <Link to="/bans" search={{ search: ban.ip, row: rowKey(ban) }} className="mono">
        {ban.ip}
      </Link>
      <span className="small soft">{ban.jail}</span>
    </>
  );
}

function useLeft(): (ban: ActiveBan) => string {
  const { t } = useTranslation();
  const say = useDurations();
  const now = useNow(15_000);
  return (ban) => {
    if (ban.expires_at === null) return t('duration.permanent');
    const seconds = (Date.parse(ban.expires_at) - now) / 1000;
    return seconds > 0 ? say(seconds) : t('duration.ending');
  };
}
