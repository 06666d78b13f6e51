/** The figures of a run: what is counted now, its bar, and what came of it. */
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../ui/numbers.ts';
import { useDurations } from '../../../ui/use-durations.ts';
import { useNow } from '../../../ui/use-now.ts';
import type { Run } from './blocklists-query.ts';
import { isOpen, leftOut, progressOf, type Progress } from './run-progress.ts';
import { sizeWords } from './sizes.ts';

interface RunCountsProps {
  run: Run;
  /** Entries of the version before. */
  before: number | null;
}

export function RunCounts({ run, before }: RunCountsProps) {
  return (
    <>
      {isOpen(run) ? <Going run={run} before={before} /> : <Ended run={run} />}
      <Figures run={run} />
    </>
  );
}

function Going({ run, before }: RunCountsProps) {
  const { t } = useTranslation();
  const say = useDurations();
  const progress = progressOf(run, before, useNow(1000));
  const { share, leftMs } = progress;
  if (run.state === 'queued') return <p className="soft">{t('lists.waits')}</p>;
  return (
    <div className="lists-count">
      <div className="lists-count-line">
        <span className="lists-figure">
          {progress.unit === 'bytes' ? sizeWords(progress.done) : formatCount(progress.done)}
        </span>
        <span className="soft">{ofWords(t, run, progress)}</span>
        <span className="lists-left small soft">
          {leftMs === null ? null : t('lists.left', { time: say(Math.ceil(leftMs / 1000)) })}
        </span>
      </div>
      <progress
        className="lists-bar"
        aria-label={t('lists.progress')}
        max={1}
        {...(share === null ? {} : { value: share })}
      />
    </div>
  );
}

function ofWords(t: TFunction, run: Run, { unit, of }: Progress): string {
  if (unit === 'rest') return run.step === null ? '' : t(`lists.step_now.${run.step}`);
  if (unit === 'bytes') {
    return of === null ? t('lists.bytes_read') : t('lists.bytes_of', { of: sizeWords(of) });
  }
  return of === null ? t('lists.lines_read') : t('lists.lines_of', { of: formatCount(of) });
}

function Ended({ run }: { run: Run }) {
  const { t } = useTranslation();
  const say = useDurations();
  const { started_at: started, ended_at: ended, counts } = run;
  const ms = started === null || ended === null ? null : Date.parse(ended) - Date.parse(started);
  const took = ms === null ? null : ms < 1000 ? t('lists.under_a_second') : say(ms / 1000);
  if (run.state === 'unchanged') return <p>{t('lists.unchanged_text')}</p>;
  if (counts.prefixes === 0 && counts.lines === 0) return null;
  return (
    <div className="lists-count">
      <div className="lists-count-line">
        <span className="lists-figure">{formatCount(counts.prefixes)}</span>
        <span className="soft">{t('lists.entries_of_lines', { lines: formatCount(counts.lines) })}</span>
        <span className="lists-left small soft">
          {took === null ? null : t('lists.took', { time: took })}
        </span>
      </div>
    </div>
  );
}

function Figures({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { counts, state } = run;
  const compared = run.steps.some(({ name, outcome }) => name === 'compare' && outcome === 'done');
  if (state === 'unchanged' || (counts.lines === 0 && !isOpen(run))) return null;
  const open = isOpen(run);
  const later = <span className="quiet">{open ? t('lists.not_yet') : '–'}</span>;
  const sayWhen = open ? 'lists.after_compare' : 'lists.not_reached';
  const out = leftOut(run);
  return (
    <dl className="lists-figures">
      <Figure
        name={t('lists.new')}
        value={compared ? formatCount(counts.added) : later}
        about={t(compared ? 'lists.new_about' : sayWhen)}
      />
      <Figure
        name={t('lists.gone')}
        value={compared ? formatCount(counts.removed) : later}
        about={t(compared ? 'lists.gone_about' : sayWhen)}
      />
      <Figure
        name={t('lists.in_force')}
        value={counts.enforced === null ? later : formatCount(counts.enforced)}
        about={t(
          counts.enforced !== null
            ? 'lists.in_force_about'
            : open
              ? 'lists.after_enforce'
              : 'lists.not_reached',
        )}
      />
      <Figure
        name={t('lists.left_out')}
        value={
          out === 0 ? (
            '0'
          ) : (
            <a href="#left-out" className="lists-figure-link">
              {formatCount(out)}
            </a>
          )
        }
        about={t(out === 0 ? 'lists.left_out_none' : 'lists.left_out_about')}
      />
    </dl>
  );
}

function Figure({ name, value, about }: { name: string; value: ReactNode; about: string }) {
  return (
    <div>
      <dt className="small soft">{name}</dt>
      <dd className="lists-count-value">{value}</dd>
      <dd className="lists-count-about quiet">{about}</dd>
    </div>
  );
}
