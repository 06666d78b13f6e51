/** The laboratory: finds what is to be tried, then hands it to the bench. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { problemOf, type Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { jailGround, type Ground } from './draft.ts';
import { LabBench } from './lab-bench.tsx';
import { labFilterQuery, labJailQuery, labQuery, trialQuery } from './lab-query.ts';
import type { LabView } from './lab-view.ts';

export function LabPage({ view }: { view: LabView }) {
  const { t } = useTranslation();
  const caller = useCaller();
  const navigate = useNavigate();
  const lab = useQuery(labQuery(caller));
  const trialId = view.trial === undefined ? null : Number(view.trial);
  const trial = useQuery({ ...trialQuery(caller, trialId ?? 0), enabled: trialId !== null });
  const ofTrial = trialId === null ? undefined : trial.data?.content;
  const first = trialId === null && view.filter === undefined ? lab.data?.jails[0]?.name : undefined;
  const jailName = view.jail ?? ofTrial?.jail ?? first ?? null;
  const filterName = jailName === null ? (view.filter ?? ofTrial?.filter ?? null) : null;
  const jail = useQuery({ ...labJailQuery(caller, jailName ?? ''), enabled: jailName !== null });
  const filter = useQuery({ ...labFilterQuery(caller, filterName ?? ''), enabled: filterName !== null });
  const error = [lab, trial, jail, filter].find((one) => one.error !== null)?.error ?? null;
  const ground = groundOf(
    jailName === null ? undefined : jail.data,
    filterName === null ? undefined : filter.data,
  );
  const onSubject = (subject: string): void => {
    const name = subject.slice(subject.indexOf(':') + 1);
    void navigate({ to: '/lab', search: subject.startsWith('jail:') ? { jail: name } : { filter: name } });
  };
  if (ground === null || lab.data === undefined || (trialId !== null && trial.data === undefined))
    return (
      <Waiting
        problem={error === null ? null : problemOf(error)}
        nothing={lab.data !== undefined && jailName === null && filterName === null && trialId === null}
        onRetry={() => void Promise.all([lab.refetch(), ...(jailName === null ? [] : [jail.refetch()])])}
        onFirst={
          view.jail === undefined && view.trial === undefined
            ? null
            : () => void navigate({ to: '/lab', search: {} })
        }
        title={t('lab.title')}
      />
    );
  return (
    <LabBench
      key={`${view.trial ?? ''} ${jailName ?? ''} ${filterName ?? ''}`}
      jails={lab.data.jails}
      filters={lab.data.filters}
      ground={ground}
      saved={trialId === null ? null : (trial.data ?? null)}
      onSubject={onSubject}
    />
  );
}

function groundOf(
  jail: Parameters<typeof jailGround>[0] | undefined,
  filter: { name: string; text: Ground['text'] } | undefined,
): Ground | null {
  if (jail !== undefined) return jailGround(jail);
  return filter === undefined ? null : { jail: null, filter: filter.name, text: filter.text };
}

interface WaitingProps {
  title: string;
  problem: Problem | null;
  nothing: boolean;
  onRetry: () => void;
  onFirst: (() => void) | null;
}

function Waiting({ title, problem, nothing, onRetry, onFirst }: WaitingProps) {
  const { t } = useTranslation();
  return (
    <div className="page">
      <header className="page-head">
        <h1 className="page-title">{title}</h1>
      </header>
      {problem !== null ? (
        <div className="page-note">
          <ProblemNote
            problem={problem}
            title={t('lab.not_read')}
            acts={
              <>
                <Button onClick={onRetry}>{t('ui.retry')}</Button>
                {onFirst === null ? null : <Button onClick={onFirst}>{t('lab.other')}</Button>}
              </>
            }
          />
        </div>
      ) : nothing ? (
        <EmptyState kind="nothing-yet" title={t('lab.no_jails')}>
          {t('lab.no_jails_text')}
        </EmptyState>
      ) : (
        <p className="page-note quiet" role="status">
          {t('ui.loading')}
        </p>
      )}
    </div>
  );
}
