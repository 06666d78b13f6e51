/** The right column: the steps of the change, what holds now, what it would do, and what was changed before. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import IconShieldCheck from '@tabler/icons-react/dist/esm/icons/IconShieldCheck.mjs';
import IconCircleXFilled from '@tabler/icons-react/dist/esm/icons/IconCircleXFilled.mjs';
import { Note } from '../../../ui/note.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { ChangeEnd, Finding } from './config-query.ts';
import { viewOfPlace } from './config-view.ts';
import { liveChangeKey, type LiveChange } from './live-config.ts';
import { shownSteps, stoppedAt, wholeTime } from './shown-steps.ts';
import { StepsList } from './steps-list.tsx';
import type { Change } from './use-change.ts';
import { WhatItWouldDo } from './what-it-would-do.tsx';

interface ApplyPanelProps {
  change: Change;
  /** Of the draft, or of the change that was not applied. */
  findings: readonly Finding[];
  reason: string;
  onReason: (reason: string) => void;
  /** There is something to apply. */
  pending: boolean;
}

export function ApplyPanel({ change, findings, reason, onReason, pending }: ApplyPanelProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const live = useQuery<LiveChange>({ queryKey: [...liveChangeKey], enabled: false }).data ?? null;
  const end = change.end?.end ?? null;
  const steps = shownSteps({ busy: change.busy, live, end, check: change.check });
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return (
    <section className="apply" aria-label={t('config.apply')}>
      <header className="pane-head">
        <h2 className="section-title">{t('config.apply')}</h2>
        <span className="small quiet">{change.end === null ? null : times.exact(change.end.at, now)}</span>
        <Badge steps={steps} errors={errors} end={end} />
      </header>
      <StepsList steps={steps} />
      {end === null ? null : <Holds end={end} />}
      {change.problem === null ? null : <ProblemNote problem={change.problem} title={t('config.not_done')} />}
      <Findings findings={findings} />
      {pending ? (
        <label className="field apply-reason">
          <span className="field-label">{t('config.reason')}</span>
          <input
            className="input"
            value={reason}
            maxLength={1000}
            placeholder={t('config.reason_hint')}
            onChange={(event) => onReason(event.target.value)}
          />
        </label>
      ) : null}
      {change.check === null || !change.check.ok ? null : <WhatItWouldDo check={change.check} />}
    </section>
  );
}

interface BadgeProps {
  steps: ReturnType<typeof shownSteps>;
  errors: number;
  end: ChangeEnd | null;
}

function Badge({ steps, errors, end }: BadgeProps) {
  const { t } = useTranslation();
  const stopped = stoppedAt(steps);
  if (stopped !== null) {
    return (
      <span className="badge badge-bad pane-acts">
        <Icon of={IconCircleXFilled} size={14} />
        {end === null
          ? t('config.errors', { count: errors, n: formatCount(errors) })
          : t('config.stopped_at', stopped)}
      </span>
    );
  }
  if (end === null || end.steps.length === 0) return null;
  return (
    <span className="badge badge-ok pane-acts">
      {t('config.all_steps', { n: steps.length, s: (wholeTime(steps) / 1000).toFixed(1) })}
    </span>
  );
}

const kinds = {
  applied: 'info',
  unchanged: 'info',
  stale: 'warn',
  refused: 'info',
  put_back: 'warn',
  broken: 'bad',
} as const;

/** What is true now, whatever was asked for. */
function Holds({ end }: { end: ChangeEnd }) {
  const { t } = useTranslation();
  const text = (
    <>
      <strong>{t(`config.holds.${end.result}_title`)}</strong>{' '}
      {t(`config.holds.${end.result}`, { n: end.revision ?? '', count: end.jails.length })}
    </>
  );
  if (kinds[end.result] !== 'info') {
    return (
      <Note kind={kinds[end.result]} announce>
        {text}
      </Note>
    );
  }
  return (
    <div className="note note-info" role="status">
      <Icon of={IconShieldCheck} tone="accent" />
      <div className="note-text">{text}</div>
    </div>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation();
  if (findings.length === 0) return null;
  return (
    <ul className="findings" aria-label={t('config.findings')}>
      {findings.map((finding) => {
        const view = finding.file === null ? null : viewOfPlace(finding.file, finding.line);
        const place = [finding.file, finding.line].filter((part) => part !== null).join(':');
        return (
          <li
            key={`${finding.code} ${place} ${finding.jail ?? ''} ${finding.option ?? ''} ${finding.message}`}
            className={`small finding-${finding.severity}`}
          >
            {view === null ? (
              <span className="mono">{place}</span>
            ) : (
              <Link to="/config" search={view} className="mono">
                {place}
              </Link>
            )}{' '}
            <span className="soft">
              {[finding.jail, finding.option].filter((part) => part !== null).join(', ')}
            </span>{' '}
            {finding.message}
          </li>
        );
      })}
    </ul>
  );
}
