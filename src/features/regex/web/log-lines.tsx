/** The lines that were tried, each with what became of it; only those in sight are in the document. */
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs';
import IconCircleDashed from '@tabler/icons-react/dist/esm/icons/IconCircleDashed.mjs';
import IconCirclePlus from '@tabler/icons-react/dist/esm/icons/IconCirclePlus.mjs';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconShield from '@tabler/icons-react/dist/esm/icons/IconShield.mjs';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { Segments } from '../../../ui/segments.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { TestAnswer, TestLine } from './lab-query.ts';

interface LogLinesProps {
  answer: TestAnswer;
  /** Whether the line is matched by what is not in force. */
  isNew: (line: TestLine) => boolean;
  /** Row of the expression with this number. */
  rowOf: (regex: number) => number;
  chosen: string | null;
  onChoose: (line: TestLine) => void;
  stale: boolean;
}

const kinds = ['all', 'match', 'new', 'ignored', 'missed'] as const;
type Kind = (typeof kinds)[number];
type State = 'match' | 'new' | 'ignored' | 'missed' | 'slow';

const shapes = {
  match: IconCircleCheck,
  new: IconCirclePlus,
  ignored: IconShield,
  missed: IconCircleDashed,
  slow: IconAlertTriangle,
} as const;
const tones = { match: 'accent', new: 'accent', ignored: 'warn', missed: 'quiet', slow: 'warn' } as const;
const lineHeight = 28;

export function LogLines({ answer, isNew, rowOf, chosen, onChoose, stale }: LogLinesProps) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Kind>('all');
  const told = useMemo(
    () => answer.lines.map((line) => ({ line, state: stateOf(line, isNew) })),
    [answer, isNew],
  );
  const shown = useMemo(() => told.filter(({ state }) => fits(kind, state)), [told, kind]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 12,
  });
  const count = (one: Kind): string => formatCount(told.filter(({ state }) => fits(one, state)).length);
  return (
    <section className={stale ? 'lab-lines lab-stale' : 'lab-lines'} aria-label={t('lab.log_lines')}>
      <div className="lab-lines-head">
        <h2 className="section-title">{t('lab.log_lines')}</h2>
        <Segments
          label={t('lab.which_lines')}
          options={kinds.map((value) => ({ value, label: t(`lab.lines.${value}`, { n: count(value) }) }))}
          value={kind}
          onChange={setKind}
        />
      </div>
      <div ref={scroller} className="lab-scroll">
        {shown.length === 0 ? <p className="lab-none quiet">{t('lab.no_lines_of_kind')}</p> : null}
        <ul style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const one = shown[item.index];
            if (one === undefined) return null;
            return (
              <li key={item.key} style={{ transform: `translateY(${item.start}px)` }}>
                <Line
                  {...one}
                  row={one.line.regex === null ? null : rowOf(one.line.regex)}
                  chosen={chosen === one.line.text}
                  onChoose={() => onChoose(one.line)}
                />
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}

interface LineProps {
  line: TestLine;
  state: State;
  row: number | null;
  chosen: boolean;
  onChoose: () => void;
}

/** Longer lines are shown whole beside their proposal. */
const mostShown = 240;

function Line({ line, state, row, chosen, onChoose }: LineProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  // The time it was read as takes the place of a date in front.
  const clock = line.at === null ? null : times.exact(Date.parse(line.at), now);
  const cut = clock !== null && line.date !== null && line.date[0] <= 1 ? line.date[1] : 0;
  return (
    <button
      type="button"
      className={`lab-line lab-line-${state}`}
      aria-pressed={chosen}
      title={line.helper ? t('lab.helper') : undefined}
      onClick={onChoose}
    >
      <span className="lab-line-state">
        <Icon of={shapes[state]} tone={tones[state]} size={14} />{' '}
        {t(`lab.state.${line.helper ? 'helper' : state}`)}
      </span>
      <span className="mono lab-line-text">
        {clock === null || (cut === 0 && line.date !== null) ? null : <span className="quiet">{clock} </span>}
        <LogText
          text={line.text.slice(cut, cut + mostShown)}
          spans={line.host === null ? [] : [[line.host[0] - cut, line.host[1] - cut]]}
        />
      </span>
      <span className="micro quiet number">{row === null ? '' : row + 1}</span>
    </button>
  );
}

function stateOf(line: TestLine, isNew: (line: TestLine) => boolean): State {
  if (line.state === 'ignored' || line.state === 'missed') return line.state;
  if (line.state !== 'matched') return 'slow';
  return isNew(line) ? 'new' : 'match';
}

const fits = (kind: Kind, state: State): boolean =>
  kind === 'all' || kind === state || (kind === 'match' && state === 'new');
