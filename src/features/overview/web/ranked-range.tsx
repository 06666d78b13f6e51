/** Countries, jails and networks of the range by their bans, each with its change; each row leads to its bans. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { changeText, isNotable, percentChange } from '../../../ui/change.ts';
import { formatCount } from '../../../ui/numbers.ts';
import { RankedList, type RankedRow } from '../../../ui/ranked-list.tsx';
import { isCountryCode, useCountryName } from '../../../ui/use-country-name.ts';
import { countriesQuery, jailsInRangeQuery, networksQuery, type RankedItem } from './dashboard-query.ts';
import { rangeOf, type DashboardView } from './dashboard-view.ts';
import { HistoryLink } from './history-link.tsx';

const shown = 10;
/** As many as the server gives at once. */
const most = 500;

interface RankedProps {
  view: DashboardView;
}

export function CountriesInRange({ view }: RankedProps) {
  const { t } = useTranslation();
  const nameOf = useCountryName();
  const { data, isPlaceholderData } = useQuery(countriesQuery(useCaller(), view));
  const countries = (data?.items ?? []).filter(({ key }) => isCountryCode(key));
  const elsewhere = (data?.keys ?? 0) - countries.length;
  const search = { ...rangeOf(view), ...(view.origin === undefined ? {} : { origin: view.origin }) };
  const rows = useRows(countries.slice(0, shown), ({ key }) => (
    <>
      <span className="mono ranked-code soft">{key}</span>
      <Link to="/map" search={{ ...search, country: key }}>
        {nameOf(key)}
      </Link>
    </>
  ));
  return (
    <RangeList
      title={t('overview.countries')}
      nameHead={t('overview.country')}
      count={data === undefined ? undefined : countries.length}
      stale={isPlaceholderData}
      rows={rows}
      foot={
        data === undefined ? null : countries.length + elsewhere === 0 ? (
          <span className="quiet">{t('overview.none_from')}</span>
        ) : (
          <Link to="/map" search={search}>
            {t(elsewhere > 0 ? 'overview.all_with_unknown' : 'overview.all_n', {
              n: formatCount(countries.length),
            })}
          </Link>
        )
      }
    />
  );
}

export function JailsInRange({ view }: RankedProps) {
  const { t } = useTranslation();
  const { data, isPlaceholderData } = useQuery(jailsInRangeQuery(useCaller(), view, shown));
  const rows = useRows(data?.items ?? [], ({ key }) => (
    <HistoryLink view={view} only={{ jail: key }}>
      {key}
    </HistoryLink>
  ));
  return (
    <RangeList
      title={t('overview.jails')}
      nameHead={t('overview.jail')}
      count={data?.keys}
      stale={isPlaceholderData}
      rows={rows}
      foot={
        data === undefined ? null : (
          <Link to="/jails" search={{}}>
            {t('overview.all_jails')}
          </Link>
        )
      }
    />
  );
}

export function NetworksInRange({ view }: RankedProps) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const { data, isPlaceholderData } = useQuery(networksQuery(useCaller(), view, whole ? most : shown));
  const rows = useRows(data?.items ?? [], (item) => (
    <HistoryLink view={view} only={{ asn: item.key }} className="ranked-network">
      <NetworkName item={item} />
    </HistoryLink>
  ));
  const keys = data?.keys ?? 0;
  return (
    <RangeList
      title={t('overview.networks')}
      nameHead={t('overview.network')}
      count={data?.keys}
      stale={isPlaceholderData && !whole}
      rows={rows}
      foot={
        data === undefined ? null : keys === 0 ? (
          <span className="quiet">{t('overview.none_from')}</span>
        ) : keys <= shown ? null : (
          <button type="button" className="link-button" onClick={() => setWhole(!whole)}>
            {whole
              ? t('overview.fewer', { n: shown })
              : t(keys > most ? 'overview.first_n' : 'overview.all_n', {
                  n: formatCount(Math.min(keys, most)),
                })}
          </button>
        )
      }
    />
  );
}

export function NetworkName({ item }: { item: RankedItem }) {
  const { t } = useTranslation();
  if (item.key === '0') return <span className="soft">{t('overview.unknown_network')}</span>;
  return (
    <>
      <span>{item.name ?? t('overview.unnamed_network')}</span>
      <span className="small soft">AS{item.key}</span>
    </>
  );
}

interface RangeListProps {
  title: string;
  nameHead: string;
  count: number | undefined;
  stale: boolean;
  rows: readonly RankedRow[];
  foot: ReactNode;
}

function RangeList({ title, nameHead, count, stale, rows, foot }: RangeListProps) {
  const { t } = useTranslation();
  return (
    <div className={stale ? 'stale' : ''}>
      <RankedList
        title={title}
        {...(count === undefined ? {} : { count: formatCount(count) })}
        nameHead={nameHead}
        heads={[t('overview.bans'), t('overview.change')]}
        rows={rows}
        foot={foot}
      />
    </div>
  );
}

function useRows(items: readonly RankedItem[], nameOf: (item: RankedItem) => ReactNode): RankedRow[] {
  return items.map((item) => ({
    key: item.key,
    name: nameOf(item),
    weight: item.bans,
    cells: [
      <span key="bans" className="ranked-figure">
        {formatCount(item.bans)}
      </span>,
      <Change key="change" value={item.bans} before={item.before} />,
    ],
  }));
}

/** From a quarter on it stands out; growth is neither good nor bad. */
export function Change({ value, before }: { value: number; before: number }) {
  const { t } = useTranslation();
  const strong = isNotable(percentChange(value, before));
  return (
    <span className={strong ? 'change-strong' : 'quiet'}>
      {changeText(value, before) ?? t('overview.new')}
    </span>
  );
}
