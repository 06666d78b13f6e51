/** What was changed, by whom, when, and how it ended; each can be brought back. */
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import IconCircleXFilled from '@tabler/icons-react/dist/esm/icons/IconCircleXFilled.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { Segments } from '../../../ui/segments.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { revisionsQuery, type RevisionHead } from './config-query.ts';
import type { ConfigView } from './config-view.ts';

interface RevisionsListProps {
  /** Of the open file, for the choice to see only its own. */
  path: string | null;
  view: ConfigView;
  onRestore: (revision: RevisionHead) => void;
}

export function RevisionsList({ path, view, onRestore }: RevisionsListProps) {
  const { t } = useTranslation();
  const [scope, setScope] = useState<'all' | 'file'>('all');
  const of = scope === 'file' && path !== null ? path : undefined;
  const { data, error } = useQuery(revisionsQuery(useCaller(), of));
  return (
    <section className="revisions" aria-label={t('config.revisions')}>
      <header className="pane-head">
        <h2 className="section-title">{t('config.revisions')}</h2>
        {path === null ? null : (
          <span className="pane-acts">
            <Segments
              label={t('config.revisions_of')}
              options={[
                { value: 'all', label: t('config.revisions_all') },
                { value: 'file', label: t('config.revisions_file') },
              ]}
              value={scope}
              onChange={setScope}
            />
          </span>
        )}
      </header>
      {error === null ? null : (
        <ProblemNote problem={problemOf(error)} title={t('config.revisions_failed')} />
      )}
      {data?.items.length === 0 ? <p className="soft revisions-none">{t('config.revisions_none')}</p> : null}
      <ol className="revisions-rows">
        {data?.items.map((revision, at) => (
          <RevisionRow
            key={revision.id}
            revision={revision}
            newest={at === 0}
            view={view}
            onRestore={onRestore}
          />
        ))}
      </ol>
    </section>
  );
}

interface RevisionRowProps {
  revision: RevisionHead;
  newest: boolean;
  view: ConfigView;
  onRestore: (revision: RevisionHead) => void;
}

function RevisionRow({ revision, newest, view, onRestore }: RevisionRowProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const { revision: _, pane: _pane, ...rest } = view;
  const open = view.revision === String(revision.id);
  const held = revision.result === 'applied' || revision.result === 'finished';
  const failed = revision.result === 'broken' || revision.result === 'put_back';
  return (
    <li className={open ? 'revision-row revision-open' : 'revision-row'}>
      <span className="revision-id">{revision.id}</span>
      <span className="revision-text">
        <Link
          to="/config"
          search={{ ...rest, revision: String(revision.id) }}
          className="revision-link"
          activeOptions={{ exact: true }}
          activeProps={{}}
        >
          {held && newest ? <Icon of={IconCircleCheckFilled} size={14} tone="ok" /> : null}
          {failed ? <Icon of={IconCircleXFilled} size={14} tone="bad" /> : null}
          {t(`config.action_${revision.action}`, {
            n: revision.restores ?? '',
            file: revision.files.map((file) => file.path).join(', '),
          })}
        </Link>
        {held ? null : <span className="small soft"> {t(`config.result_${revision.result}`)}</span>}
        <span className="small quiet revision-who" title={times.full(Date.parse(revision.at))}>
          {times.moment(Date.parse(revision.at), now)}, {revision.actor}
          {revision.reason === null ? null : `: ${revision.reason}`}
        </span>
      </span>
      {newest || !held ? null : (
        <button type="button" className="link-button" onClick={() => onRestore(revision)}>
          {t('config.restore')}
          <span className="sr-only"> {revision.id}</span>
        </button>
      )}
    </li>
  );
}
