/** The newest bans, live: a rail beside the overview, cards on phones. */
import IconAntennaBars5 from '@tabler/icons-react/dist/esm/icons/IconAntennaBars5.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller, useLiveState } from '../../../ui/app-context.tsx';
import { AddressLink } from '../../../ui/address-link.tsx';
import { Country } from '../../../ui/country.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { newestQuery, type ActiveBan } from './bans-query.ts';
import { rowKey } from './bans-view.ts';

/** `empty` is shown when nobody is banned: why is known to the page around it; `foot` below the list. */
export function NewestBans({ empty, foot }: { empty: ReactNode; foot?: ReactNode }) {
  const { t } = useTranslation();
  const live = useLiveState().kind === 'live';
  const query = useQuery(newestQuery(useCaller()));
  const items = query.data?.items ?? [];
  const seen = useSeen(items);
  return (
    <section className="rail" aria-label={t('overview.newest')}>
      <header className="rail-head">
        <h2 className="section-title">{t('overview.newest')}</h2>
        <span className="rail-live small soft">
          <Icon of={IconAntennaBars5} size={14} tone={live ? 'accent' : 'quiet'} />
          {live ? t('overview.live') : t('overview.not_live')}
        </span>
        <Link to="/history" search={{}} className="rail-all">
          {t('nav.history')}
        </Link>
      </header>
      {query.error !== null && items.length === 0 ? (
        <ProblemNote problem={problemOf(query.error)} title={t('overview.failed')} />
      ) : items.length === 0 && !query.isPending ? (
        empty
      ) : (
        <ol className="rail-list">
          {items.map((ban) => (
            <RailRow key={`${rowKey(ban)} ${ban.banned_at}`} ban={ban} fresh={!seen.has(rowKey(ban))} />
          ))}
        </ol>
      )}
      {items.length === 0 || foot === undefined ? null : <footer className="rail-foot">{foot}</footer>}
    </section>
  );
}

function RailRow({ ban, fresh }: { ban: ActiveBan; fresh: boolean }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(30_000);
  const at = Date.parse(ban.banned_at);
  return (
    <li className={`rail-row ${fresh ? 'rail-fresh' : ''}`}>
      <time className="rail-time quiet" dateTime={ban.banned_at} title={times.full(at)}>
        {times.exact(at, now)}
      </time>
      <AddressLink ip={ban.ip} className="rail-address mono">
        {shorten(ban.ip)}
      </AddressLink>
      <span className="rail-country">
        <Country code={ban.country} short />
      </span>
      <span className="rail-network soft">{ban.as_name ?? ''}</span>
      <span className="rail-jail soft">{ban.jail}</span>
      <span className={`rail-times ${ban.ban_count >= 5 ? 'strong' : 'quiet'}`}>
        {ban.ban_count > 1 ? t('bans.times_value', { count: ban.ban_count }) : ''}
      </span>
    </li>
  );
}

const widest = 18;

/** The longest IPv6 is cut in its middle; the whole of it is in the tooltip and behind the link. */
export function shorten(ip: string): string {
  if (ip.length <= widest) return ip;
  return `${ip.slice(0, 9)}…${ip.slice(-8)}`;
}

/** Rows that were there at the first reading or have been shown for a while: they do not light up. */
function useSeen(items: readonly ActiveBan[]): ReadonlySet<string> {
  const [seen, setSeen] = useState<ReadonlySet<string> | null>(null);
  if (seen === null && items.length > 0) setSeen(new Set(items.map(rowKey)));
  useEffect(() => {
    if (items.length === 0) return undefined;
    const timer = setTimeout(() => setSeen(new Set(items.map(rowKey))), 2000);
    return () => clearTimeout(timer);
  }, [items]);
  return seen ?? new Set();
}
