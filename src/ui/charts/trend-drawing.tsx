/** The picture of a trend. Readers get the table of the same bars instead. */
import { formatCount } from '../numbers.ts';
import type { TimeTick } from './time-ticks.ts';
import type { TrendLayout } from './trend-layout.ts';
import type { PeakNote } from './use-peak-note.ts';

interface TrendDrawingProps {
  layout: TrendLayout;
  /** The scale stands in the plot: there is no room beside it. */
  inside: boolean;
  plain: boolean;
  /** Right end of what is not known; null: all is. */
  unknownTo: number | null;
  ticks: readonly (TimeTick & { x: number })[];
  /** Word at the right end of the axis. */
  end: string | null;
  note: PeakNote | null;
  active: number | null;
  stretch: { from: number; to: number } | null;
}

/** Above the plot, for a label at the upper line. */
const above = 18;
const axis = 26;

export const drawingHeight = (plot: number): number => above + plot + axis;

/** Average width of a character of the labels. */
const letter = 5.9;

export function TrendDrawing(props: TrendDrawingProps) {
  const { layout, inside, plain, unknownTo, ticks, end, note, active, stretch } = props;
  const { left, width, height } = layout;
  const right = left + width;
  const cross = active === null ? null : left + (active + 0.5) * layout.step;
  return (
    <svg width={right} height={drawingHeight(height)} aria-hidden focusable={false} className="trend-svg">
      <g transform={`translate(0 ${above})`}>
        {unknownTo === null ? null : (
          <rect className="trend-unknown" x={left} y={0} width={unknownTo - left} height={height} />
        )}
        {plain ? null : <Lines layout={layout} inside={inside} />}
        {stretch === null ? null : <Stretch layout={layout} {...stretch} />}
        {layout.bars.map((bar) => (
          <g key={bar.x}>
            {bar.parts.map((part) => (
              <rect
                key={part.name}
                className={`trend-${plain ? 'own' : part.name}`}
                x={bar.x}
                y={part.y}
                width={bar.width}
                height={part.height}
              />
            ))}
          </g>
        ))}
        <line className="trend-base" x1={left} x2={right} y1={height} y2={height} />
        {inside || layout.before === '' ? null : (
          <>
            <path className="trend-before-casing" d={layout.before} />
            <path className="trend-before" d={layout.before} />
          </>
        )}
        {cross === null ? null : (
          <line className="trend-cross" x1={cross} x2={cross} y1={-above} y2={height} />
        )}
        {note === null || active !== null ? null : <Note layout={layout} note={note} />}
        <Axis ticks={ticks} end={end} left={left} right={right} y={height + 18} />
      </g>
    </svg>
  );
}

function Lines({ layout, inside }: { layout: TrendLayout; inside: boolean }) {
  const { left, width, lines, height } = layout;
  return (
    <>
      {lines.map(({ value, y }) => (
        <line key={value} className="trend-line" x1={left} x2={left + width} y1={y} y2={y} />
      ))}
      {lines.map(({ value, y }) => (
        <text
          key={value}
          className="trend-label"
          textAnchor="end"
          x={inside ? left + width : left - 8}
          y={inside ? y - 5 : y + 4}
        >
          {formatCount(value)}
        </text>
      ))}
      {inside ? null : (
        <text className="trend-label" textAnchor="end" x={left - 8} y={height + 4}>
          0
        </text>
      )}
    </>
  );
}

function Stretch({ layout, from, to }: { layout: TrendLayout; from: number; to: number }) {
  const first = Math.min(from, to);
  const bars = Math.abs(from - to) + 1;
  return (
    <rect
      className="trend-stretch"
      x={layout.left + first * layout.step}
      y={0}
      width={bars * layout.step}
      height={layout.height}
    />
  );
}

function Note({ layout, note }: { layout: TrendLayout; note: PeakNote }) {
  const x = layout.left + (note.index + 0.5) * layout.step;
  const y = layout.y(note.total);
  const room = (note.strong.length + note.rest.length) * letter + 8;
  const fits = x + room < layout.left + layout.width;
  return (
    <>
      <line className="trend-note-mark" x1={x} x2={x} y1={y - 10} y2={y - 4} />
      <text
        className="trend-note"
        textAnchor={fits ? 'start' : 'end'}
        x={fits ? x + 6 : x - 6}
        y={Math.max(-6, y - 5)}
      >
        <tspan className="trend-note-strong">{note.strong}</tspan>
        {note.rest}
      </text>
    </>
  );
}

interface AxisProps {
  ticks: TrendDrawingProps['ticks'];
  end: string | null;
  left: number;
  right: number;
  y: number;
}

function Axis({ ticks, end, left, right, y }: AxisProps) {
  const shown = withRoom(ticks, left, end === null ? right : right - 34);
  return (
    <>
      {shown.map((tick) => {
        const atEdge = tick.x - (tick.label.length * letter) / 2 < left;
        return (
          <text
            key={tick.at}
            className={tick.strong ? 'trend-label trend-label-strong' : 'trend-label'}
            textAnchor={atEdge ? 'start' : 'middle'}
            x={atEdge ? left : tick.x}
            y={y}
          >
            {tick.label}
          </text>
        );
      })}
      {end === null ? null : (
        <text className="trend-label" textAnchor="end" x={right} y={y}>
          {end}
        </text>
      )}
    </>
  );
}

/** Labels that neither touch one another nor the word at the right end. */
function withRoom(ticks: AxisProps['ticks'], left: number, right: number): AxisProps['ticks'] {
  const shown: (typeof ticks)[number][] = [];
  let taken = left - 40;
  for (const tick of ticks) {
    const width = tick.label.length * letter;
    const from = Math.max(left, tick.x - width / 2);
    if (from < taken + 10 || from + width > right) continue;
    taken = from + width;
    shown.push(tick);
  }
  return shown;
}
