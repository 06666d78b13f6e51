/** Name of the trial, its link, and the way from a trial to a draft of the configuration. */
import IconLink from '@tabler/icons-react/dist/esm/icons/IconLink.mjs';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { copyText } from '../../../ui/copy-text.ts';
import { problemText } from '../../../ui/problem-note.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { trialOf, type Draft, type Ground } from './draft.ts';
import { saveTrial, trialsQuery, type SavedTrial } from './lab-query.ts';
import type { LinesFrom } from './lines-from.ts';

interface LabHeadProps {
  ground: Ground;
  draft: Draft;
  from: LinesFrom;
  saved: SavedTrial | null;
}

/** Longer pasted text does not travel with a link. */
const mostLines = 2_000;

export function LabHead({ ground, draft, from, saved }: LabHeadProps) {
  const { t } = useTranslation();
  const caller = useCaller();
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const trials = useQuery(trialsQuery(caller));
  const name = saved?.name ?? ground.jail?.name ?? ground.filter ?? '';
  const trial = trialOf(draft, ground.text);
  const changed = Object.keys(trial).length > 0;
  const kept = useRef<{ text: string; id: number } | null>(null);
  /** What was saved already keeps its number. */
  const keep = async (): Promise<number | null> => {
    const body = {
      name,
      trial,
      ...(ground.jail === null
        ? ground.filter === null
          ? {}
          : { filter: ground.filter }
        : { jail: ground.jail.name }),
      ...linesOf(from),
    };
    const text = JSON.stringify(body);
    if (kept.current?.text === text) return kept.current.id;
    if (saved !== null && JSON.stringify(saved.content.trial) === JSON.stringify(trial)) return saved.id;
    const result = await saveTrial(caller, body);
    if (!result.ok) {
      toasts.show({ tone: 'bad', title: t('lab.not_saved'), detail: problemText(t, result.problem) });
      return null;
    }
    kept.current = { text, id: result.value.id };
    await queries.invalidateQueries({ queryKey: ['lab', 'trials'] });
    return result.value.id;
  };
  const copyLink = async (): Promise<void> => {
    const id = await keep();
    if (id === null) return;
    const link = `${location.origin}/lab?trial=${id}`;
    const copied = await copyText(link);
    toasts.show({ tone: 'ok', title: t(copied ? 'lab.link_copied' : 'lab.link_made', { id }), detail: link });
  };
  const makeDraft = async (): Promise<void> => {
    const id = await keep();
    if (id === null || ground.jail === null) return;
    // The page of the configuration reads the trial by its number.
    await navigate({
      href: `/config?file=jail.d/${encodeURIComponent(ground.jail.name)}.local&draft=trial:${id}`,
    });
  };
  return (
    <header className="page-head lab-head">
      <h1 className="page-title">{t('lab.title')}</h1>
      {trials.data === undefined || trials.data.total === 0 ? null : (
        <label className="lab-trials">
          <span className="sr-only">{t('lab.saved_trials')}</span>
          <select
            className="input"
            value={saved?.id ?? ''}
            onChange={(event) => void navigate({ to: '/lab', search: { trial: event.target.value } })}
          >
            <option value="" disabled>
              {t('lab.saved_trials')}
            </option>
            {trials.data.items.map((one) => (
              <option key={one.id} value={one.id}>
                {t('lab.trial_name', { id: one.id, name: one.name })}
              </option>
            ))}
          </select>
        </label>
      )}
      <span className="page-acts">
        <span className="small quiet lab-trial-only">{t('lab.trial_only')}</span>
        <Button icon={IconLink} onClick={() => void copyLink()}>
          {t('lab.copy_link')}
        </Button>
        {ground.jail === null ? null : (
          <Button
            kind="primary"
            disabled={!changed}
            title={changed ? undefined : t('lab.nothing_changed')}
            onClick={() => void makeDraft()}
          >
            {t('lab.make_draft')}
          </Button>
        )}
      </span>
    </header>
  );
}

function linesOf(from: LinesFrom) {
  switch (from.kind) {
    case 'paste':
      return { lines: from.text.split(/\r?\n/).slice(0, mostLines) };
    case 'samples':
      return {};
    case 'history':
      return { source: { kind: 'history' as const, name: '' } };
    case 'log':
    case 'journal':
      return { source: { kind: from.kind, name: from.name } };
  }
}
