/** The bench: on the left what is changed and on which lines it is tried, on the right what it would have done. */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { firstDraft, newExpressions, trialOf, usableRows, type Draft, type Ground } from './draft.ts';
import { Expressions } from './expressions.tsx';
import { LabBar } from './lab-bar.tsx';
import { LabHead } from './lab-head.tsx';
import { samplesQuery, testQuery, type SavedTrial, type TestBody, type TestLine } from './lab-query.ts';
import {
  firstSource,
  replaySource,
  replaySpan,
  testSource,
  type LinesFrom,
  type Range,
} from './lines-from.ts';
import { LogLines } from './log-lines.tsx';
import { ProposalNote } from './proposal-note.tsx';
import { ReplayPanel } from './replay-panel.tsx';
import { isReady, SettingsTrial } from './settings-trial.tsx';
import { useReplay } from './use-replay.ts';

interface LabBenchProps {
  jails: readonly { name: string; running: boolean }[];
  filters: readonly string[];
  ground: Ground;
  saved: SavedTrial | null;
  onSubject: (subject: string) => void;
}

export function LabBench({ jails, filters, ground, saved, onSubject }: LabBenchProps) {
  const { t } = useTranslation();
  const { jail, filter, text } = ground;
  const [draft, setDraft] = useState<Draft>(() => firstDraft(ground, saved));
  const [from, setFrom] = useState<LinesFrom>(() => startFrom(ground, saved));
  const [range, setRange] = useState<Range>('all');
  const [chosen, setChosen] = useState<TestLine | null>(null);
  const replaying = useReplay();
  const test = useTest(ground, draft, from);
  const rows = test.rows;
  const fresh = useMemo(() => newExpressions(draft, text), [draft, text]);
  const rowOf = (regex: number): number => rows[regex] ?? regex;
  const isNew = useMemo(
    () => (line: TestLine) => line.regex !== null && fresh.has(rows[line.regex] ?? -1),
    [fresh, rows],
  );
  const source = replaySource(from);
  const off = replayOff({ jail, source, ready: isReady(draft) });
  const run = (): void => {
    if (jail === null || source === null) return;
    replaying.start({
      jail: jail.name,
      trial: trialOf(draft, text),
      source,
      ...replaySpan(range, Date.now()),
    });
  };
  const take = (regex: string): void => {
    setDraft({ ...draft, failregex: [...draft.failregex, regex] });
    setChosen(null);
  };
  return (
    <div className="page">
      <LabHead ground={ground} draft={draft} from={from} saved={saved} />
      <div className="lab-columns">
        <div className="lab-left">
          <LabBar
            jails={jails}
            filters={filters}
            subject={jail === null ? `filter:${filter ?? ''}` : `jail:${jail.name}`}
            onSubject={onSubject}
            sources={jail?.sources ?? []}
            from={from}
            onFrom={(next) => {
              setFrom(next);
              setChosen(null);
            }}
            range={range}
            onRange={setRange}
            networkOff={test.data?.network_off ?? null}
          />
          <Expressions
            expressions={draft.failregex}
            fresh={fresh}
            tried={(row) => test.tried(row)}
            problem={(row) => test.problems.get(row)}
            onChange={(failregex) => setDraft({ ...draft, failregex })}
          />
          {from.kind === 'paste' ? (
            <div className="lab-paste">
              <textarea
                className="input"
                rows={5}
                aria-label={t('lab.paste')}
                placeholder={t('lab.paste_here')}
                spellCheck={false}
                value={from.text}
                onChange={(event) => setFrom({ kind: 'paste', text: event.target.value })}
              />
            </div>
          ) : null}
          {test.problem === null ? null : (
            <div className="lab-note">
              <ProblemNote problem={test.problem} title={t('lab.test_failed')} />
            </div>
          )}
          {(test.data?.problems ?? []).map(({ option, sentence }) => (
            <p key={option} className="lab-wrong small" role="alert">
              <span className="mono">{option}</span> {sentence}
            </p>
          ))}
          {chosen === null ? null : (
            <ProposalNote
              line={chosen}
              samples={test.samples}
              prefregex={text.prefregex}
              datepattern={text.datepattern}
              onTake={take}
              onClose={() => setChosen(null)}
            />
          )}
          {test.data === undefined ? (
            <NoLines from={from} busy={test.busy} />
          ) : (
            <LogLines
              answer={test.data}
              isNew={isNew}
              rowOf={rowOf}
              chosen={chosen?.text ?? null}
              onChoose={setChosen}
              stale={test.busy}
            />
          )}
          {jail === null ? null : <SettingsTrial jail={jail} draft={draft} onChange={setDraft} />}
        </div>
        <ReplayPanel
          replaying={replaying}
          off={off === null ? null : t(`lab.replay_off.${off}`)}
          onRun={run}
        />
      </div>
    </div>
  );
}

function startFrom(ground: Ground, saved: SavedTrial | null): LinesFrom {
  const { source, lines } = saved?.content ?? {};
  if (lines !== undefined) return { kind: 'paste', text: lines.join('\n') };
  if (source === undefined) return firstSource(ground.jail?.sources ?? []);
  return source.kind === 'history' ? { kind: 'history' } : { kind: source.kind, name: source.name };
}

interface OffDeps {
  jail: Ground['jail'];
  source: ReturnType<typeof replaySource>;
  ready: boolean;
}

function replayOff({ jail, source, ready }: OffDeps): 'filter' | 'lines' | 'settings' | null {
  if (jail === null) return 'filter';
  if (source === null) return 'lines';
  return ready ? null : 'settings';
}

function NoLines({ from, busy }: { from: LinesFrom; busy: boolean }) {
  const { t } = useTranslation();
  if (busy)
    return (
      <p className="lab-none quiet" role="status">
        {t('lab.testing')}
      </p>
    );
  return (
    <EmptyState kind="nothing-yet" title={t('lab.no_lines')}>
      {t(`lab.no_lines_of.${from.kind}`)}
    </EmptyState>
  );
}

const restMs = 350;
const mostSamples = 1_000;

/** Tries the draft once typing has come to rest. */
function useTest(ground: Ground, draft: Draft, from: LinesFrom) {
  const caller = useCaller();
  const samples = useQuery({
    ...samplesQuery(caller, ground.filter ?? ''),
    enabled: from.kind === 'samples' && ground.filter !== null,
  });
  const sampleLines = useMemo(
    () => samples.data?.items.flatMap((group) => group.lines.map((line) => line.text)),
    [samples.data],
  );
  const rows = useMemo(() => usableRows(draft), [draft]);
  const source = useMemo(() => testSource(from, sampleLines), [from, sampleLines]);
  const body = useMemo((): TestBody | null => {
    if (source === null) return null;
    const subject =
      ground.jail !== null
        ? { jail: ground.jail.name }
        : ground.filter !== null
          ? { filter: ground.filter }
          : {};
    return { ...subject, failregex: rows.map((row) => draft.failregex[row] ?? ''), ...source };
  }, [source, ground, rows, draft.failregex]);
  const rested = useRest(body);
  const query = useQuery({
    ...testQuery(caller, rested ?? { failregex: [], lines: [] }),
    enabled: rested !== null && rows.length > 0,
  });
  const answered = useDeferredValue(rested === null ? undefined : query.data);
  const problem = query.error === null || rested === null ? null : problemOf(query.error);
  const problems = new Map(
    (problem?.fields ?? []).flatMap(({ field, message }) => {
      const number = /^body\.failregex\.(\d+)$/.exec(field)?.[1];
      return number === undefined ? [] : [[rows[Number(number)] ?? -1, message] as const];
    }),
  );
  return {
    rows,
    data: answered,
    busy: samples.isFetching || query.isFetching || rested !== body,
    // What belongs to an expression stands beside it.
    problem:
      problems.size > 0
        ? null
        : (problem ?? (samples.error === null || from.kind !== 'samples' ? null : problemOf(samples.error))),
    problems,
    tried: (row: number) => {
      const number = rows.indexOf(row);
      return number < 0 ? undefined : answered?.failregex[number];
    },
    samples: (answered?.lines ?? []).slice(0, mostSamples).map((line) => line.text),
  };
}

function useRest<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
