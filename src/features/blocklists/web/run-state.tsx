/** The state of a run: an icon of its own shape, and what came of it in a few words. */
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import IconCircleMinus from '@tabler/icons-react/dist/esm/icons/IconCircleMinus.mjs';
import IconCircleXFilled from '@tabler/icons-react/dist/esm/icons/IconCircleXFilled.mjs';
import IconClock from '@tabler/icons-react/dist/esm/icons/IconClock.mjs';
import IconEqual from '@tabler/icons-react/dist/esm/icons/IconEqual.mjs';
import IconFlask from '@tabler/icons-react/dist/esm/icons/IconFlask.mjs';
import IconLoader2 from '@tabler/icons-react/dist/esm/icons/IconLoader2.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useNow } from '../../../ui/use-now.ts';
import type { Run } from './blocklists-query.ts';
import { progressOf } from './run-progress.ts';

const shapes = {
  queued: IconClock,
  running: IconLoader2,
  completed: IconCircleCheckFilled,
  unchanged: IconEqual,
  held: IconAlertTriangle,
  failed: IconCircleXFilled,
  aborted: IconCircleMinus,
} as const;
const tones = {
  queued: 'quiet',
  running: 'accent',
  completed: 'ok',
  unchanged: 'quiet',
  held: 'warn',
  failed: 'bad',
  aborted: 'quiet',
} as const;

export function RunIcon({ run }: { run: Run }) {
  const trial = run.cause === 'simulation' && run.state === 'completed';
  return (
    <span className={run.state === 'running' ? 'lists-turning' : 'lists-icon'}>
      {trial ? <Icon of={IconFlask} tone="quiet" /> : <Icon of={shapes[run.state]} tone={tones[run.state]} />}
    </span>
  );
}

/** `+212 −187`, `unchanged`, a bar, or why not. `before`: entries of the version before. */
export function RunOutcome({ run, before }: { run: Run; before: number | null }) {
  const { t } = useTranslation();
  if (run.state === 'running') return <Bar run={run} before={before} />;
  if (run.state === 'completed') {
    if (run.cause === 'simulation') return <span className="soft">{t('lists.simulated')}</span>;
    const { added, removed } = run.counts;
    return <span>{t('lists.change', { added: formatCount(added), removed: formatCount(removed) })}</span>;
  }
  if (run.state === 'failed' || run.state === 'held') {
    return (
      <span className={run.state === 'failed' ? 'lists-cut tone-bad' : 'lists-cut tone-warn'}>
        {t(`lists.state.${run.state}`)}
        {run.error === null ? null : (
          <span className="small">
            {': '}
            <LogText text={run.error.message.slice(0, 160)} most={160} />
          </span>
        )}
      </span>
    );
  }
  return <span className="soft">{t(`lists.state.${run.state}`)}</span>;
}

function Bar({ run, before }: { run: Run; before: number | null }) {
  const { t } = useTranslation();
  const { share, done, unit } = progressOf(run, before, useNow(1000));
  if (share === null || unit === 'rest') {
    const word = run.step === null ? t('lists.state.running') : t(`lists.step_now.${run.step}`);
    return (
      <span className="soft">{unit === 'lines' ? t('lists.lines_n', { n: formatCount(done) }) : word}</span>
    );
  }
  const percent = Math.floor(share * 100);
  return (
    <span className="lists-bar-cell">
      <progress className="lists-bar" max={1} value={share} aria-label={t('lists.progress')} />
      <b>{t('lists.percent', { n: percent })}</b>
    </span>
  );
}
