/** Under the table of countries: how many rows there are, and of when and whose the data is that places an address. */
import { useTranslation } from 'react-i18next';
import { GeoCredit } from '../features/geo/web/geo-credit.tsx';
import { formatCount } from '../ui/numbers.ts';

export function MapFoot({ rows }: { rows: number }) {
  const { t } = useTranslation();
  return (
    <>
      <span className="nowrap">{t('map.rows', { count: rows, n: formatCount(rows) })}</span>
      <GeoCredit />
    </>
  );
}
