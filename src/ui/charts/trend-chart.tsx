/** Counts over time: stacked bars by origin, the time before as a line, the peak named in place. */
import { useId, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../numbers.ts';
import { useTimes } from '../page-context.tsx';
import { useSize } from '../use-size.ts';
import { barFactor, bucketTotal, joinBuckets, zoomRange, type Bucket } from './buckets.ts';
import { timeTicks } from './time-ticks.ts';
import { barAt, layOutTrend } from './trend-layout.ts';
import { drawingHeight, TrendDrawing } from './trend-drawing.tsx';
import { TrendTable } from './trend-table.tsx';
import { TrendTooltip } from './trend-tooltip.tsx';
import { useBarChoice } from './use-bar-choice.ts';
import { useBarTimes } from './use-bar-times.ts';
import { usePeakNote, type Peak } from './use-peak-note.ts';

type Counted = 'bans' | 'failures';

interface TrendChartProps {
  /** What is counted, for readers. */
  label: string;
  buckets: readonly Bucket[];
  bucketMs: number;
  /** Bans unless said otherwise. */
  counted?: Counted;
  /** Name of the time before, e.g. "24 h before"; absent: nothing is said of it. */
  beforeLabel?: string;
  /** ms; bars that end before are not known. */
  knownFrom?: number;
  /** The last bucket is the present one. */
  ongoing: boolean;
  peak: Peak | null;
  /** Height of the plot, px. */
  height?: number;
  /** One series and no scale: for a small chart. */
  plain?: boolean;
  /** Above the plot; told how long a bar is, which depends on the room. */
  head: (barMs: number) => ReactNode;
  onZoom?: (range: { from: number; to: number }) => void;
}

/** Narrower bars, gap included, are joined. */
const leastStepWide = 7;
const leastStepPhone = 11;
const narrow = 480;

export function TrendChart(props: TrendChartProps) {
  const {
    label,
    buckets,
    bucketMs,
    counted = 'bans',
    beforeLabel,
    knownFrom = Number.NEGATIVE_INFINITY,
    ongoing,
    peak,
    height = 205,
    plain = false,
    head,
    onZoom,
  } = props;
  const { t } = useTranslation();
  const { zone } = useTimes();
  const { ref, size } = useSize();
  const id = useId();
  const width = size?.width ?? 0;
  // failures have no origin
  const single = plain || counted === 'failures';
  const inside = plain || width < narrow;
  const leastStep = inside && !plain ? leastStepPhone : leastStepWide;
  const factor = barFactor(buckets.length, bucketMs, width / leastStep);
  const bars = useMemo(() => joinBuckets(buckets, factor), [buckets, factor]);
  const barMs = bucketMs * factor;
  const from = bars[0]?.at ?? 0;
  const to = from + buckets.length * bucketMs;
  const words = useBarTimes(barMs, to - from);

  const scaleWidth = inside ? 0 : formatCount(highestOf(bars)).length * 7 + 14;
  const layout = layOutTrend(bars, { width, height, left: scaleWidth });
  // every bar stands for the same time, so time and place are one straight line
  const place = (at: number): number => layout.left + ((at - from) / (bars.length * barMs)) * layout.width;
  const marks = useMemo(() => {
    if (buckets.length === 0) return [];
    if (plain) return [{ at: from, label: words.start(from), strong: false }];
    return timeTicks(from, to, zone, Math.max(2, Math.floor(width / 84)));
  }, [buckets.length, plain, words, from, to, zone, width]);
  const choice = useBarChoice({
    count: bars.length,
    barAt: (x) => barAt(x, layout),
    onChoose: (a, b) => {
      const range = zoomRange(bars, barMs, a, b);
      if (range !== null) onZoom?.(range);
    },
  });
  const note = usePeakNote({ bars, peak: factor === 1 ? peak : null, plain, words });
  const shown = choice.active === null ? undefined : bars[choice.active];
  const spoken = shown ?? bars.at(-1);
  const isKnown = (bar: Bucket): boolean => bar.at + barMs > knownFrom;
  const speak = (bar: Bucket): string => {
    const when = words.stretch(bar.at);
    if (!isKnown(bar)) return t('charts.bar_unknown', { when });
    const total = bucketTotal(bar);
    const bans = t(`charts.${counted}`, { count: total, n: formatCount(total) });
    return beforeLabel === undefined
      ? t('charts.bar_alone', { when, bans })
      : t('charts.bar', { when, bans, before: formatCount(bar.before) });
  };
  return (
    <div className="trend">
      {head(barMs)}
      <div
        ref={ref}
        className="trend-plot"
        style={{ minHeight: drawingHeight(height) }}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-describedby={`${id}-keys`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, bars.length - 1)}
        aria-valuenow={choice.active ?? Math.max(0, bars.length - 1)}
        aria-valuetext={spoken === undefined ? t('charts.nothing') : speak(spoken)}
        {...choice.handlers}
      >
        {width === 0 ? null : (
          <TrendDrawing
            layout={layout}
            inside={inside}
            plain={plain}
            unknownTo={bars.length === 0 || knownFrom <= from ? null : Math.min(place(knownFrom), width)}
            ticks={marks.map((tick) => ({ ...tick, x: place(tick.at) }))}
            end={ongoing ? t('charts.now') : null}
            note={note}
            active={choice.active}
            stretch={choice.stretch}
          />
        )}
        {shown === undefined || choice.active === null ? null : (
          <TrendTooltip
            bar={shown}
            title={words.stretch(shown.at)}
            known={isKnown(shown)}
            {...(beforeLabel === undefined ? {} : { beforeLabel })}
            x={layout.left + (choice.active + 0.5) * layout.step}
            width={width}
            single={single}
          />
        )}
      </div>
      <span id={`${id}-keys`} className="sr-only">
        {onZoom === undefined ? t('charts.keys') : t('charts.keys_zoom')}
      </span>
      <TrendTable
        label={label}
        bars={bars}
        when={words.stretch}
        // the bars that are not known come first
        unknown={bars.filter((bar) => !isKnown(bar)).length}
        {...(beforeLabel === undefined ? {} : { beforeLabel })}
        single={single}
      />
    </div>
  );
}

const highestOf = (bars: readonly Bucket[]): number =>
  bars.reduce((most, bar) => Math.max(most, bucketTotal(bar), bar.before), 0);
