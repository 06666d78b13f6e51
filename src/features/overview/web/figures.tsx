/** The four figures of this moment; each leads to the rows that make it. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { Status } from './status-query.ts';

export function Figures({ status }: { status: Status | undefined }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(30_000);
  const known = status !== undefined && status.as_of !== null;
  const show = (count: number | undefined): string =>
    known && count !== undefined ? formatCount(count) : '–';
  const start = status?.up_since ?? null;
  const since =
    start === null
      ? t('overview.start_unknown')
      : t('overview.since', { time: times.moment(Date.parse(start), now) });
  return (
    <dl className="figures">
      <Figure name={t('overview.banned_now')} caption={t('overview.in_jails', { count: status?.jails ?? 0 })}>
        <Link to="/bans" search={{}}>
          {show(status?.banned_now)}
        </Link>
      </Figure>
      <Figure name={t('overview.failing_now')} caption={t('overview.failing_text')}>
        <Link to="/jails" search={{ sort: '-failing' }}>
          {show(status?.failed_now)}
        </Link>
      </Figure>
      <Figure name={t('overview.total_banned')} caption={since}>
        <Link to="/jails" search={{ sort: '-total_banned' }}>
          {show(status?.total_banned)}
        </Link>
      </Figure>
      <Figure name={t('overview.total_failed')} caption={since}>
        <Link to="/jails" search={{ sort: '-total_failed' }}>
          {show(status?.total_failed)}
        </Link>
      </Figure>
    </dl>
  );
}

interface FigureProps {
  name: string;
  caption: string;
  children: ReactNode;
}

function Figure({ name, caption, children }: FigureProps) {
  return (
    <div className="figure">
      <dt className="small soft">{name}</dt>
      <dd className="figure-count">{children}</dd>
      <dd className="small quiet">{caption}</dd>
    </div>
  );
}
