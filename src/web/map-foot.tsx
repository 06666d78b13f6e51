/** Under the table of countries: the age of the data that says where an address is, or that there is none. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { historyStateQuery } from '../features/history/web/history-query.ts';
import type { CountryRow } from '../features/map/web/country-rows.ts';
import { useCaller } from '../ui/app-context.tsx';
import { formatCount } from '../ui/numbers.ts';
import { useTimes } from '../ui/page-context.tsx';

export function MapFoot({ rows }: { rows: readonly CountryRow[] }) {
  const { t } = useTranslation();
  const { zone } = useTimes();
  const { data } = useQuery(historyStateQuery(useCaller()));
  const geo = data?.geo.find(({ kind }) => kind === 'country');
  const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: zone });
  const text =
    data === undefined
      ? ''
      : geo === undefined
        ? t('map.geo_off')
        : geo.date === null
          ? t('map.geo_undated')
          : t('map.geo_date', { date: date.format(Date.parse(geo.date)) });
  return (
    <>
      <span>{t('map.rows', { count: rows.length, n: formatCount(rows.length) })}</span>
      <span>{text}</span>
    </>
  );
}
