/** Beside a draft of the configuration: what it would have done with the lines of the last days. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Note } from '../../../ui/note.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { DraftReplayResult } from './draft-replay-result.tsx';
import type { ReplayBody } from './lab-query.ts';
import { ranges, replaySpan, type Range } from './lines-from.ts';
import { ReplayProgress } from './replay-progress.tsx';
import { useReplay } from './use-replay.ts';

interface DraftReplayProps {
  draft: NonNullable<ReplayBody['draft']>;
  /** That the draft concerns, the nearest first. */
  jails: readonly string[];
}

export function DraftReplay({ draft, jails }: DraftReplayProps) {
  const { t } = useTranslation();
  const { run, problem, busy, start, cancel } = useReplay();
  const [chosen, setChosen] = useState<string | null>(null);
  const [range, setRange] = useState<Range>('7d');
  const [tried, setTried] = useState<string | null>(null);
  const jail = jails.find((one) => one === chosen) ?? jails[0];
  useLeaving(busy, cancel);
  if (jail === undefined) {
    return (
      <section className="draft-replay" aria-label={t('draft_replay.title')}>
        <h3 className="section-title">{t('draft_replay.title')}</h3>
        <p className="small soft">{t('draft_replay.nobody_uses')}</p>
      </section>
    );
  }
  const begin = (): void => {
    setTried(draft.content);
    start({ jail, draft, source: { own: true }, ...replaySpan(range, Date.now()) });
  };
  const result = run?.result ?? null;
  return (
    <section className="draft-replay" aria-label={t('draft_replay.title')}>
      <header className="draft-replay-head">
        <h3 className="section-title">{t('draft_replay.title')}</h3>
        {jails.length < 2 ? null : (
          <Choice label={t('draft_replay.jail')} values={jails} value={jail} onChange={setChosen} />
        )}
        <Choice
          label={t('draft_replay.period')}
          values={ranges}
          value={range}
          name={(one) => t(`lab.ranges.${one}`)}
          onChange={setRange}
        />
        {busy ? (
          <Button onClick={cancel}>{t('ui.cancel')}</Button>
        ) : (
          <Button onClick={begin}>
            {range === 'all'
              ? t('draft_replay.run_all')
              : t('draft_replay.run', { span: t(`lab.ranges.${range}`) })}
          </Button>
        )}
      </header>
      <div role="status" className="sr-only">
        {run === undefined ? '' : t(`lab.run_state.${run.state}`)}
      </div>
      {busy ? <ReplayProgress run={run} /> : null}
      {problem === null ? null : <ProblemNote problem={problem} title={t('lab.replay_failed')} />}
      {run === undefined || run.error === null ? null : (
        <Note kind={run.state === 'aborted' ? 'info' : 'bad'}>{run.error}</Note>
      )}
      {run === undefined || result === null ? (
        busy || problem !== null || run !== undefined ? null : (
          <p className="small soft">{t('draft_replay.intro')}</p>
        )
      ) : (
        <>
          {tried === draft.content ? null : (
            <p className="small finding-warning">{t('draft_replay.stale')}</p>
          )}
          <DraftReplayResult key={run.id} run={run} result={result} />
        </>
      )}
    </section>
  );
}

/** What nobody will see the end of is not run to its end. */
function useLeaving(busy: boolean, cancel: () => void): void {
  const latest = useRef<(() => void) | null>(null);
  useEffect(() => {
    latest.current = busy ? cancel : null;
  });
  useEffect(() => () => latest.current?.(), []);
}

interface ChoiceProps<T extends string> {
  label: string;
  values: readonly T[];
  value: T;
  name?: (value: T) => string;
  onChange: (value: T) => void;
}

function Choice<T extends string>({ label, values, value, name = String, onChange }: ChoiceProps<T>) {
  return (
    <span className="select-frame">
      <select
        className="input"
        aria-label={label}
        value={value}
        onChange={(event) => {
          const next = values.find((one) => one === event.target.value);
          if (next !== undefined) onChange(next);
        }}
      >
        {values.map((one) => (
          <option key={one} value={one}>
            {name(one)}
          </option>
        ))}
      </select>
      <Icon of={IconSelector} />
    </span>
  );
}
