/** Hours of the day by days of the week: a grid whose cells are coloured by their count. */
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../numbers.ts';
import { heatThresholds, stepLabels, stepOf } from './heat-steps.ts';
import { StepLegend } from './step-legend.tsx';

interface HeatGridProps {
  title: string;
  /** Seven rows, Monday first, of 24 counts. */
  counts: readonly (readonly number[])[];
  /** Cells that lie in the range; null = all. Others are empty, not zero. */
  covered: ReadonlySet<number> | null;
  zone: string;
}

const hours = Array.from({ length: 24 }, (_, index) => index);
const clock = (hour: number): string => `${String(hour % 24).padStart(2, '0')}:00`;
/** 4 January 2021 was a Monday. */
const weekdayAt = (day: number): Date => new Date(Date.UTC(2021, 0, 4 + day));
const longDay = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' });
const shortDay = new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' });

export function HeatGrid({ title, counts, covered, zone }: HeatGridProps) {
  const { t } = useTranslation();
  const thresholds = heatThresholds(Math.max(0, ...counts.flat()));
  const highest = highestCell(counts);
  const [cursor, setCursor] = useState({ day: 0, hour: 0 });
  const [active, setActive] = useState<{ day: number; hour: number } | null>(null);
  const countAt = (day: number, hour: number): number => counts[day]?.[hour] ?? 0;
  const words = (day: number, hour: number): string =>
    t('charts.heat_cell', {
      day: longDay.format(weekdayAt(day)),
      from: clock(hour),
      to: clock(hour + 1),
      bans: t('charts.bans', { count: countAt(day, hour), n: formatCount(countAt(day, hour)) }),
    });
  const move = (event: KeyboardEvent<HTMLElement>): void => {
    const to = moved(event.key, cursor);
    if (to === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    setCursor(to);
    setActive(to);
    event.currentTarget.querySelector<HTMLElement>(`[data-cell="${to.day * 24 + to.hour}"]`)?.focus();
  };
  const told = active ?? highest;
  return (
    <section className="heat" aria-label={title}>
      <header className="chart-head">
        <h2 className="section-title">{title}</h2>
        <span className="small quiet heat-zone">{zone}</span>
        <span className="heat-told small soft">
          {told === null
            ? t('charts.heat_none')
            : active === null
              ? t('charts.heat_most', { what: words(told.day, told.hour) })
              : words(told.day, told.hour)}
        </span>
      </header>
      <div
        role="grid"
        aria-label={title}
        className="heat-table"
        onKeyDown={move}
        onMouseLeave={() => setActive(null)}
        onBlur={() => setActive(null)}
      >
        <div role="row" className="heat-row">
          <span role="columnheader" className="heat-day">
            <span className="sr-only">{t('charts.weekday')}</span>
          </span>
          {hours.map((hour) => (
            <span key={hour} role="columnheader" className="heat-hour">
              <span className={hour % 3 === 0 ? (hour % 6 === 0 ? '' : 'heat-third') : 'sr-only'}>
                {clock(hour)}
              </span>
            </span>
          ))}
        </div>
        {counts.map((row, day) => (
          <div key={shortDay.format(weekdayAt(day))} role="row" className="heat-row">
            <span role="rowheader" className="heat-day">
              {shortDay.format(weekdayAt(day))}
            </span>
            {hours.map((hour) => {
              const inRange = covered === null || covered.has(day * 24 + hour);
              const step = stepOf(row[hour] ?? 0, thresholds);
              return (
                <span
                  key={hour}
                  role="gridcell"
                  data-cell={day * 24 + hour}
                  tabIndex={cursor.day === day && cursor.hour === hour ? 0 : -1}
                  className={inRange || step > 0 ? `heat-cell step-${step}` : 'heat-cell heat-outside'}
                  onMouseEnter={() => setActive({ day, hour })}
                  onFocus={() => {
                    setCursor({ day, hour });
                    setActive({ day, hour });
                  }}
                >
                  <span className="sr-only">
                    {inRange ? formatCount(row[hour] ?? 0) : t('charts.outside')}
                  </span>
                </span>
              );
            })}
          </div>
        ))}
      </div>
      <StepLegend name={t('charts.heat_legend')} labels={stepLabels(thresholds, formatCount)} />
    </section>
  );
}

function highestCell(counts: readonly (readonly number[])[]): { day: number; hour: number } | null {
  let best: { day: number; hour: number } | null = null;
  let most = 0;
  for (const [day, row] of counts.entries()) {
    for (const [hour, count] of row.entries()) {
      if (count <= most) continue;
      most = count;
      best = { day, hour };
    }
  }
  return best;
}

function moved(
  key: string,
  { day, hour }: { day: number; hour: number },
): { day: number; hour: number } | null {
  if (key === 'ArrowLeft') return { day, hour: Math.max(0, hour - 1) };
  if (key === 'ArrowRight') return { day, hour: Math.min(23, hour + 1) };
  if (key === 'ArrowUp') return { day: Math.max(0, day - 1), hour };
  if (key === 'ArrowDown') return { day: Math.min(6, day + 1), hour };
  if (key === 'Home') return { day, hour: 0 };
  if (key === 'End') return { day, hour: 23 };
  return null;
}
