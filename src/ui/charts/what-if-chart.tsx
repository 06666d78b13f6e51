/** Two counts over time as steps: as it is, and as it would be; what the trial adds is filled. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../numbers.ts';
import { useTimes } from '../page-context.tsx';
import { useNow } from '../use-now.ts';
import { useSize } from '../use-size.ts';
import { countScale } from './scale.ts';
import { timeTicks } from './time-ticks.ts';

export interface WhatIfPoint {
  /** Begin of the stretch, ms. */
  at: number;
  now: number;
  trial: number;
}

interface WhatIfChartProps {
  /** What is counted, for readers. */
  label: string;
  points: readonly WhatIfPoint[];
  bucketMs: number;
  nowLabel: string;
  trialLabel: string;
}

const plot = 160;
const above = 18;
const axis = 26;

export function WhatIfChart({ label, points, bucketMs, nowLabel, trialLabel }: WhatIfChartProps) {
  const { t } = useTranslation();
  const { zone, moment } = useTimes();
  const now = useNow(60_000);
  const { ref, size } = useSize();
  const [active, setActive] = useState<number | null>(null);
  const width = size?.width ?? 0;
  const highest = Math.max(0, ...points.map((one) => Math.max(one.now, one.trial)));
  const { top, lines } = countScale(highest);
  const left = formatCount(top).length * 7 + 14;
  const inner = Math.max(1, width - left);
  const step = inner / Math.max(1, points.length);
  const y = (count: number): number => plot - (count / top) * plot;
  const from = points[0]?.at ?? 0;
  const to = from + points.length * bucketMs;
  const place = (at: number): number => left + ((at - from) / Math.max(1, to - from)) * inner;
  const ticks = points.length === 0 ? [] : timeTicks(from, to, zone, Math.max(2, Math.floor(width / 84)));
  const path = (of: 'now' | 'trial'): string =>
    points
      .map((one, index) => {
        const x = left + index * step;
        return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y(one[of]).toFixed(1)}H${(x + step).toFixed(1)}`;
      })
      .join('');
  const widest = points
    .map((one, index) => ({ ...one, index }))
    .toSorted((a, b) => b.trial - b.now - (a.trial - a.now))[0];
  const shown =
    active === null
      ? widest
      : points[active] === undefined
        ? undefined
        : { ...points[active], index: active };
  const note =
    shown === undefined || (active === null && shown.trial === shown.now)
      ? null
      : { ...shown, x: left + (shown.index + 0.5) * step };
  const sentence =
    note === null ? '' : t('charts.instead', { trial: formatCount(note.trial), now: formatCount(note.now) });
  return (
    <figure className="what-if">
      <div
        ref={ref}
        className="what-if-plot"
        style={{ minHeight: above + plot + axis }}
        onPointerMove={(event) => {
          const x = event.clientX - event.currentTarget.getBoundingClientRect().left - left;
          setActive(x < 0 ? null : Math.min(points.length - 1, Math.floor(x / step)));
        }}
        onPointerLeave={() => setActive(null)}
      >
        {width === 0 ? null : (
          <svg width={width} height={above + plot + axis} aria-hidden focusable={false} className="trend-svg">
            <g transform={`translate(0 ${above})`}>
              {[0, ...lines].map((value) => (
                <g key={value}>
                  <line
                    className={value === 0 ? 'trend-base' : 'trend-line'}
                    x1={left}
                    x2={width}
                    y1={y(value)}
                    y2={y(value)}
                  />
                  <text className="trend-label" textAnchor="end" x={left - 8} y={y(value) + 4}>
                    {formatCount(value)}
                  </text>
                </g>
              ))}
              {points.map((one, index) =>
                one.trial === one.now ? null : (
                  <rect
                    key={one.at}
                    className="what-if-between"
                    x={left + index * step}
                    width={step}
                    y={Math.min(y(one.now), y(one.trial))}
                    height={Math.abs(y(one.now) - y(one.trial))}
                  />
                ),
              )}
              <path className="what-if-now" d={path('now')} />
              <path className="what-if-trial" d={path('trial')} />
              {ticks.map((tick) => (
                <text
                  key={tick.at}
                  className={tick.strong ? 'trend-label trend-label-strong' : 'trend-label'}
                  textAnchor="middle"
                  x={Math.min(width - 16, Math.max(left + 16, place(tick.at)))}
                  y={plot + 18}
                >
                  {tick.label}
                </text>
              ))}
              {note === null ? null : (
                <text
                  className="trend-note"
                  textAnchor={note.x > width / 2 ? 'end' : 'start'}
                  x={note.x}
                  y={Math.max(-6, y(Math.max(note.trial, note.now)) - 6)}
                >
                  {active === null ? sentence : `${moment(note.at, now)}  ${sentence}`}
                </text>
              )}
            </g>
          </svg>
        )}
      </div>
      <div className="sr-only">
        <table>
          <caption>{label}</caption>
          <thead>
            <tr>
              <th scope="col">{t('charts.time')}</th>
              <th scope="col">{nowLabel}</th>
              <th scope="col">{trialLabel}</th>
            </tr>
          </thead>
          <tbody>
            {points.map((one) => (
              <tr key={one.at}>
                <th scope="row">{moment(one.at, now)}</th>
                <td>{formatCount(one.now)}</td>
                <td>{formatCount(one.trial)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
