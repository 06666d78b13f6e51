/** What one bar holds, beside it. */
import { useTranslation } from 'react-i18next';
import { formatCount } from '../numbers.ts';
import { bucketTotal, type Bucket } from './buckets.ts';
import { series } from './trend-layout.ts';

interface TrendTooltipProps {
  bar: Bucket;
  title: string;
  beforeLabel: string;
  /** Centre of the bar and width of the chart, px. */
  x: number;
  width: number;
  plain: boolean;
}

const tipWidth = 176;
const distance = 14;

export function TrendTooltip({ bar, title, beforeLabel, x, width, plain }: TrendTooltipProps) {
  const { t } = useTranslation();
  const right = x + distance + tipWidth <= width;
  const left = right ? x + distance : Math.max(0, x - distance - tipWidth);
  return (
    <div className="chart-tip trend-tip" aria-hidden style={{ left, width: tipWidth }}>
      <div className="chart-tip-title">{title}</div>
      <dl>
        {plain ? (
          <Row name={t('charts.in_all')} value={bucketTotal(bar)} />
        ) : (
          <>
            {series.map((name) => (
              <Row key={name} swatch={name} name={t(`charts.${name}`)} value={bar[name]} />
            ))}
            <Row name={t('charts.in_all')} value={bucketTotal(bar)} />
          </>
        )}
        <Row swatch="before" name={beforeLabel} value={bar.before} />
      </dl>
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
