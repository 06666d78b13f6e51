/** What is known of the country under the pointer or the keys, on a leader beside it. */
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../ui/numbers.ts';
import type { CountryRow } from './country-rows.ts';
import type { Spot } from './map-layout.ts';
import { placeTip } from './place-tip.ts';

interface MapTipProps {
  code: string;
  name: string;
  row: CountryRow | undefined;
  before: string;
  spot: Spot;
  frame: { width: number; height: number };
}

const width = 184;

export function MapTip({ code, name, row, before, spot, frame }: MapTipProps) {
  const { t } = useTranslation();
  const height = row === undefined ? 58 : 96;
  const { left, top, leader } = placeTip({
    at: spot,
    country: {
      left: spot.x - spot.halfWidth,
      top: spot.y - spot.halfHeight,
      right: spot.x + spot.halfWidth,
      bottom: spot.y + spot.halfHeight,
    },
    tip: { width, height },
    frame,
  });
  return (
    <>
      <svg className="map-leader" width={frame.width} height={frame.height} aria-hidden focusable={false}>
        <line {...leader} />
      </svg>
      <div className="chart-tip" style={{ left, top, width }} aria-hidden>
        <div className="chart-tip-title map-tip-title">
          <span className="mono soft">{code}</span> {name}
        </div>
        <dl>
          <TipRow name={t('map.in_range')} value={row?.bans ?? 0} />
          {row === undefined ? null : (
            <>
              <TipRow name={before} value={row.before} />
              <TipRow name={t('map.addresses')} value={row.addresses} />
            </>
          )}
        </dl>
      </div>
    </>
  );
}

function TipRow({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{formatCount(value)}</dd>
    </div>
  );
}
