/** What one bar holds, beside it. */
import { useTranslation } from 'react-i18next';
import { formatCount } from '../numbers.ts';
import { bucketTotal, type Bucket } from './buckets.ts';
import { series } from './trend-layout.ts';

interface TrendTooltipProps {
  bar: Bucket;
  title: string;
  /** False: there is nothing to say of it. */
  known: boolean;
  beforeLabel?: string;
  /** Centre of the bar and width of the chart, px. */
  x: number;
  width: number;
  /** Without a word on origins. */
  single: boolean;
}

const tipWidth = 176;
const distance = 14;

export function TrendTooltip({ bar, title, known, beforeLabel, x, width, single }: TrendTooltipProps) {
  const { t } = useTranslation();
  const right = x + distance + tipWidth <= width;
  const left = right ? x + distance : Math.max(0, x - distance - tipWidth);
  return (
    <div className="chart-tip trend-tip" aria-hidden style={{ left, width: tipWidth }}>
      <div className="chart-tip-title">{title}</div>
      {known ? (
        <dl>
          {single
            ? null
            : series.map((name) => (
                <Row key={name} swatch={name} name={t(`charts.${name}`)} value={bar[name]} />
              ))}
          <Row name={t('charts.in_all')} value={bucketTotal(bar)} />
          {beforeLabel === undefined ? null : <Row swatch="before" name={beforeLabel} value={bar.before} />}
        </dl>
      ) : (
        <span className="soft">{t('charts.unknown')}</span>
      )}
    </div>
  );
}

function Row({ swatch, name, value }: { swatch?: string; name: string; value: number }) {
  return (
    <div>
      <dt>
        <span className={swatch === undefined ? 'swatch' : `swatch swatch-${swatch}`} />
        {name}
      </dt>
      <dd>{formatCount(value)}</dd>
    </div>
  );
}
