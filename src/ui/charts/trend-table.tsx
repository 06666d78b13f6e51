/** The bars of a trend as rows, for readers. */
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../numbers.ts';
import { bucketTotal, type Bucket } from './buckets.ts';
import { series } from './trend-layout.ts';

interface TrendTableProps {
  label: string;
  bars: readonly Bucket[];
  when: (at: number) => string;
  /** So many bars at the beginning are not known. */
  unknown: number;
  beforeLabel?: string;
  /** Without a word on origins. */
  single: boolean;
}

export const TrendTable = memo(function TrendTable(props: TrendTableProps) {
  const { label, bars, when, unknown, beforeLabel, single } = props;
  const { t } = useTranslation();
  return (
    <div className="sr-only">
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{t('charts.time')}</th>
            <th scope="col">{t('charts.in_all')}</th>
            {single ? null : series.map((name) => <th key={name}>{t(`charts.${name}`)}</th>)}
            {beforeLabel === undefined ? null : <th scope="col">{beforeLabel}</th>}
          </tr>
        </thead>
        <tbody>
          {bars.map((bar, index) => (
            <tr key={bar.at}>
              <th scope="row">{when(bar.at)}</th>
              <td>{index < unknown ? t('charts.unknown') : formatCount(bucketTotal(bar))}</td>
              {single ? null : series.map((name) => <td key={name}>{formatCount(bar[name])}</td>)}
              {beforeLabel === undefined ? null : <td>{formatCount(bar.before)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});
