/** The four figures of the range, each beside the one of the time before; each leads to the rows that make it. */
import IconArrowDownRight from '@tabler/icons-react/dist/esm/icons/IconArrowDownRight.mjs';
import IconArrowUpRight from '@tabler/icons-react/dist/esm/icons/IconArrowUpRight.mjs';
import { useTranslation } from 'react-i18next';
import { percentChange } from '../../../ui/change.ts';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { RangeFigures } from './dashboard-query.ts';
import type { DashboardView } from './dashboard-view.ts';
import { HistoryLink } from './history-link.tsx';

interface FiguresProps {
  figures: RangeFigures | undefined;
  view: DashboardView;
  /** Name of the time before, e.g. "the 24 h before". */
  before: string;
}

const names = ['bans', 'failures', 'addresses', 'again'] as const;

export function Figures({ figures, view, before }: FiguresProps) {
  const { t } = useTranslation();
  return (
    <dl className="figures">
      {names.map((name) => (
        <div key={name} className="figure">
          <dt className="small soft">
            <span className="wide-only">{t(`overview.figure.${name}`)}</span>
            <span className="phone-only">{t(`overview.figure_short.${name}`)}</span>
          </dt>
          <dd className="figure-line">
            <HistoryLink view={view} className="figure-count">
              {figures === undefined ? '–' : formatCount(figures[name].value)}
            </HistoryLink>
            {figures === undefined ? null : <FigureChange {...figures[name]} />}
          </dd>
          <dd className="figure-before small quiet">
            {figures === undefined
              ? null
              : name === 'bans'
                ? t('overview.before_in', { n: formatCount(figures.bans.before), before })
                : t('overview.before', { n: formatCount(figures[name].before) })}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** More is not better or worse: the arrow has no colour. */
function FigureChange({ value, before }: { value: number; before: number }) {
  const { t } = useTranslation();
  const percent = percentChange(value, before);
  if (percent === null || before === 0) return null;
  const size = formatCount(Math.abs(percent));
  return (
    <span className="figure-change">
      {percent === 0 ? null : <Icon of={percent > 0 ? IconArrowUpRight : IconArrowDownRight} size={14} />}
      {percent === 0 ? null : (
        <span className="sr-only">{t(percent > 0 ? 'overview.more' : 'overview.less')}</span>
      )}
      {`${size}\u00a0%`}
    </span>
  );
}
