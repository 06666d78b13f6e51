/** Whom a jail ignores, since when, why and until when; and the way to let somebody through. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Note } from '../../../ui/note.tsx';
import { useActs, useTimes } from '../../../ui/page-context.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { IgnoreForm } from './ignore-form.tsx';
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
        <Note
          kind="warn"
          announce
          acts={
            <Button
              disabled={off !== null}
              onClick={() => void onUnban(banned.entry, banned.jails).then(() => setBanned(null))}
            >
              {t('jails.ignore.unban')}
            </Button>
          }
        >
          {t('jails.ignore.banned_in', { entry: banned.entry, jails: banned.jails.join(', ') })}
        </Note>
      )}
      <ul className="jail-rows">
        {(data?.items ?? []).map((item) => (
          <IgnoreRow
            key={item.entry}
            item={item}
            disabled={off !== null}
            onDrop={() => void acts.drop(item)}
            onUnban={() => void onUnban(item.entry, [jail])}
          />
        ))}
      </ul>
      {data !== undefined && data.items.length === 0 ? (
        <p className="quiet">{t('jails.ignore.nobody')}</p>
      ) : null}
      <IgnoreForm onAdd={acts.add} />
    </section>
  );
}

interface IgnoreRowProps {
  item: IgnoreItem;
  disabled: boolean;
  onDrop: () => void;
  onUnban: () => void;
}

function IgnoreRow({ item, disabled, onDrop, onUnban }: IgnoreRowProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const { entry, source, actor, reason, expires_at: expires, banned } = item;
  const by = source === 'bangui' ? actor : t(`jails.ignore.source.${source}`);
  const until =
    expires === null ? null : t('jails.ignore.until', { time: times.moment(Date.parse(expires), now) });
  return (
    <li>
      <span className="mono jail-cut">{entry}</span>
      <span className="small soft jail-grow">{[by, reason, until].filter(Boolean).join(' · ')}</span>
      {banned ? (
        <Button kind="ghost" disabled={disabled} onClick={onUnban}>
          {t('jails.ignore.unban')}
        </Button>
      ) : null}
      <IconButton
        label={t('jails.ignore.drop', { entry })}
        icon={IconX}
        disabled={disabled}
        onClick={onDrop}
      />
    </li>
  );
}
