/** Whom jails ignore by entries made here, beside the list of jails, and a new entry for all of them. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { IconButton } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { EntryForm } from '../../../ui/entry-form.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs } from '../../../ui/page-context.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { IgnoreRow, StillBanned } from './ignore-row.tsx';
import { ignoredInJailsQuery } from './jails-query.ts';
import { useIgnoresInJails } from './use-ignores-in-jails.ts';
import { useJailWords } from './use-jail-words.ts';

interface IgnoredPanelProps {
  /** Ends the bans of an entry in these jails. */
  onUnban: (entry: string, jails: readonly string[]) => Promise<void>;
  onClose: () => void;
}

export function IgnoredPanel({ onUnban, onClose }: IgnoredPanelProps) {
  const { t } = useTranslation();
  const { off } = useActs();
  const { data, error } = useQuery(ignoredInJailsQuery(useCaller()));
  const [banned, setBanned] = useState<{ entry: string; jails: readonly string[] } | null>(null);
  const acts = useIgnoresInJails((entry, jails) => setBanned({ entry, jails }));
  const words = useJailWords();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (matchMedia('(max-width: 959px)').matches) panel.current?.focus();
  }, []);
  return (
    <aside ref={panel} className="panel" aria-label={t('jails.ignored.title')} tabIndex={-1}>
      <header className="panel-head">
        <h2 className="page-title panel-name">{t('jails.ignored.title')}</h2>
        <span className="panel-place" />
        <IconButton label={t('ui.close')} icon={IconX} onClick={onClose} />
      </header>
      <div className="panel-body">
        {data === undefined ? null : (
          <p className="small soft">
            {t('jails.ignored.about', { count: data.running, n: formatCount(data.running) })}
          </p>
        )}
        <EntryForm
          onAdd={(entry) => acts.add(entry, 'all')}
          act={t('jails.ignored.act')}
          failed={t('jails.ignore.failed')}
          disabled={off !== null}
        />
        {off === null ? null : <p className="small soft">{off}</p>}
        {error === null ? null : <ProblemNote problem={problemOf(error)} title={t('jails.ignored.unread')} />}
        {banned === null ? null : (
          <StillBanned
            {...banned}
            onUnban={() => void onUnban(banned.entry, banned.jails).then(() => setBanned(null))}
          />
        )}
        <ul className="jail-rows">
          {(data?.items ?? []).map((item) => (
            <IgnoreRow
              key={[item.entry, ...item.jails].join(' ')}
              entry={item.entry}
              about={[words.where(item.jails, item.everywhere), item.actor, item.reason]}
              expires={item.expires_at}
              banned={item.banned_in.length > 0}
              onDrop={() => void acts.drop(item)}
              onUnban={() => void onUnban(item.entry, item.banned_in)}
            />
          ))}
        </ul>
        {data?.items.length === 0 ? (
          <EmptyState kind="nothing-yet" title={t('jails.ignored.nobody_title')}>
            {t('jails.ignored.nobody')}
          </EmptyState>
        ) : null}
      </div>
    </aside>
  );
}
