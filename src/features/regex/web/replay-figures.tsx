/** The four figures of a replay, each against what is in force. */
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../ui/numbers.ts';
import type { ReplayResult } from './lab-query.ts';

export function ReplayFigures({ result }: { result: ReplayResult }) {
  const { t } = useTranslation();
  const { bans, added, lost, earlier, ignored } = result;
  const more = bans.trial - bans.now;
  const median = earlier.median_minutes;
  return (
    <dl className="lab-figures">
      <Figure
        name={t('lab.bans_with_trial')}
        value={bans.trial}
        under={t('lab.more_on', {
          more: `${more > 0 ? '+' : ''}${formatCount(more)}`,
          now: formatCount(bans.now),
        })}
      />
      <Figure
        name={t('lab.addresses_added')}
        value={added.total}
        under={lost.total === 0 ? t('lab.none_lost') : t('lab.n_lost', { n: formatCount(lost.total) })}
      />
      <Figure
        name={t('lab.banned_earlier')}
        value={earlier.total}
        under={
          median === null
            ? t('lab.none_earlier')
            : t('lab.by_median', { n: median < 1 ? '<1' : formatCount(Math.round(median)) })
        }
      />
      <Figure
        name={t('lab.ignored')}
        value={ignored.total}
        under={t('lab.would_match')}
        warn={ignored.total > 0}
      />
    </dl>
  );
}

interface FigureProps {
  name: string;
  value: number;
  under: string;
  warn?: boolean;
}

function Figure({ name, value, under, warn = false }: FigureProps) {
  return (
    <div>
      <dt className="small soft">{name}</dt>
      <dd className={warn ? 'lab-figure lab-figure-warn' : 'lab-figure'}>{formatCount(value)}</dd>
      <dd className="small quiet">{under}</dd>
    </div>
  );
}
