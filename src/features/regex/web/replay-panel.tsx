/** What the trial would have done: a run that can be left, its figures, its chart, its addresses. */
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { WhatIfChart } from '../../../ui/charts/what-if-chart.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Note } from '../../../ui/note.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import type { ReplayResult, ReplayRun } from './lab-query.ts';
import { ReplayAddresses } from './replay-addresses.tsx';
import { ReplayFigures } from './replay-figures.tsx';
import { ReplayProgress } from './replay-progress.tsx';
import type { Replaying } from './use-replay.ts';

interface ReplayPanelProps {
  replaying: Replaying;
  /** Why it cannot be run; null when it can. */
  off: string | null;
  onRun: () => void;
}

export function ReplayPanel({ replaying, off, onRun }: ReplayPanelProps) {
  const { t } = useTranslation();
  const { run, problem, busy } = replaying;
  const result = run?.result ?? null;
  const start = (): void => {
    if (off === null && !busy) onRun();
  };
  useShortcut({ keys: 'r', group: 'act', label: t('lab.run'), run: start });
  return (
    <section className="lab-replay" aria-label={t('lab.replay')}>
      <header className="lab-replay-head">
        <h2 className="section-title">{t('lab.replay')}</h2>
        <span className="soft lab-replay-sub">
          <RunLine run={run} />
        </span>
        <span className="lab-replay-acts">
          {run?.state === 'completed' && run.ended_at !== null ? (
            <Done at={Date.parse(run.ended_at)} />
          ) : null}
          {busy ? (
            <Button onClick={replaying.cancel}>{t('ui.cancel')}</Button>
          ) : (
            <Button disabled={off !== null} shortcut="r" onClick={start}>
              {t(run === undefined ? 'lab.run' : 'lab.run_again')}
            </Button>
          )}
        </span>
      </header>
      <div role="status" className="sr-only">
        {run === undefined ? '' : t(`lab.run_state.${run.state}`)}
      </div>
      {busy ? <ReplayProgress run={run} /> : null}
      {off === null ? null : (
        <div className="lab-note">
          <Note kind="info">{off}</Note>
        </div>
      )}
      {problem === null ? null : (
        <div className="lab-note">
          <ProblemNote problem={problem} title={t('lab.replay_failed')} />
        </div>
      )}
      {(run?.error ?? null) === null ? null : (
        <div className="lab-note">
          <Note kind="bad">{run?.error}</Note>
        </div>
      )}
      {result === null ? (
        busy || problem !== null || off !== null ? null : (
          <EmptyState kind="nothing-yet" title={t('lab.no_replay')}>
            {t('lab.no_replay_text')}
          </EmptyState>
        )
      ) : (
        <Result result={result} />
      )}
    </section>
  );
}

function Done({ at }: { at: number }) {
  const { t } = useTranslation();
  const times = useTimes();
  return (
    <span className="badge badge-ok">
      <Icon of={IconCircleCheckFilled} tone="ok" size={14} /> {t('lab.done', { time: times.clock(at) })}
    </span>
  );
}

function RunLine({ run }: { run: ReplayRun | undefined }) {
  const { t } = useTranslation();
  const say = useDurations();
  if (run === undefined || run.result === null) return null;
  const { from, to, lines } = run.result;
  const span = from === null || to === null ? 0 : Math.round((Date.parse(to) - Date.parse(from)) / 1000);
  return t('lab.run_line', {
    jail: run.jail,
    span: say(Math.max(1, span)),
    lines: formatCount(lines),
    seconds: run.seconds.toFixed(1),
  });
}

function Result({ result }: { result: ReplayResult }) {
  const { t } = useTranslation();
  const say = useDurations();
  const points = result.points.map(({ at, now, trial }) => ({ at: Date.parse(at), now, trial }));
  const bans = { now: formatCount(result.bans.now), trial: formatCount(result.bans.trial) };
  const exploded = result.expressions.filter((one) => one.catastrophic !== null);
  return (
    <>
      <ReplayFigures result={result} />
      {result.own.items.length === 0 ? null : (
        <div className="lab-note">
          <Note kind="warn">
            {t('lab.own_warning', {
              count: result.own.total,
              ips: result.own.items.map((row) => row.ip).join(', '),
            })}
          </Note>
        </div>
      )}
      <div className="lab-chart-head">
        <h2 className="section-title">{t('lab.bans')}</h2>
        <span className="small quiet">{t('lab.per', { time: say(result.bucket_seconds) })}</span>
        <ul className="legend">
          <li>
            <span className="swatch swatch-before" /> {t('lab.in_force_n', { n: bans.now })}
          </li>
          <li>
            <span className="swatch swatch-trial" /> {t('lab.trial_n', { n: bans.trial })}
          </li>
        </ul>
      </div>
      <div className="lab-chart">
        <WhatIfChart
          label={t('lab.bans')}
          points={points}
          bucketMs={result.bucket_seconds * 1000}
          nowLabel={t('lab.in_force')}
          trialLabel={t('lab.trial')}
        />
      </div>
      {result.notes.length === 0 && exploded.length === 0 ? null : (
        <ul className="lab-note small soft">
          {[...exploded.map((one) => `${one.regex} ${one.catastrophic}`), ...result.notes].map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <ReplayAddresses result={result} />
    </>
  );
}
