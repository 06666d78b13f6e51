/** Whom a jail ignores, since when, why and until when; and the way to let somebody through. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { EntryForm } from '../../../ui/entry-form.tsx';
import { useActs } from '../../../ui/page-context.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { IgnoreRow, StillBanned } from './ignore-row.tsx';
import { ignoredQuery, type IgnoreItem } from './jails-query.ts';
import { useIgnoreActs } from './use-ignore-acts.ts';

interface IgnoreListProps {
  jail: string;
  /** Ends the bans of an entry in these jails. */
  onUnban: (entry: string, jails: readonly string[]) => Promise<void>;
}

export function IgnoreList({ jail, onUnban }: IgnoreListProps) {
  const { t } = useTranslation();
  const { off } = useActs();
  const { data, error } = useQuery(ignoredQuery(useCaller(), jail));
  const [banned, setBanned] = useState<{ entry: string; jails: readonly string[] } | null>(null);
  const acts = useIgnoreActs(jail, (entry, jails) => setBanned({ entry, jails }));
  return (
    <section className="panel-part" aria-label={t('jails.ignore.title')}>
      <h2 className="section-title">{t('jails.ignore.title')}</h2>
      {error === null ? null : <ProblemNote problem={problemOf(error)} title={t('jails.ignore.unread')} />}
      {banned === null ? null : (
        <StillBanned
          {...banned}
          onUnban={() => void onUnban(banned.entry, banned.jails).then(() => setBanned(null))}
        />
      )}
      <ul className="jail-rows">
        {(data?.items ?? []).map((item) => (
          <ItemRow
            key={item.entry}
            item={item}
            onDrop={() => void acts.drop(item)}
            onUnban={() => void onUnban(item.entry, [jail])}
          />
        ))}
      </ul>
      {data !== undefined && data.items.length === 0 ? (
        <p className="quiet">{t('jails.ignore.nobody')}</p>
      ) : null}
      <EntryForm
        onAdd={acts.add}
        act={t('jails.ignore.add')}
        failed={t('jails.ignore.failed')}
        disabled={off !== null}
      />
    </section>
  );
}

function ItemRow({ item, ...acts }: { item: IgnoreItem; onDrop: () => void; onUnban: () => void }) {
  const { t } = useTranslation();
  const { entry, source, actor, reason, expires_at: expires, banned } = item;
  const by = source === 'bangui' ? actor : t(`jails.ignore.source.${source}`);
  return <IgnoreRow entry={entry} about={[by, reason]} expires={expires} banned={banned} {...acts} />;
}
