/** Well-known lists: what each holds, whose it is, and under what licence. None is on before someone switches it on. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { problemOf, type Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import type * as contract from '../contract.ts';
import { blocklistsKey, catalogueQuery, type CatalogueEntry, type Source } from './blocklists-query.ts';
import { useScheduleWords } from './use-schedule-words.ts';

interface CatalogueDialogProps {
  sources: readonly Source[];
  onOwn: () => void;
  onClose: () => void;
}

export function CatalogueDialog({ sources, onOwn, onClose }: CatalogueDialogProps) {
  const { t } = useTranslation();
  const caller = useCaller();
  const queryClient = useQueryClient();
  const query = useQuery(catalogueQuery(caller));
  const [adding, setAdding] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const add = async ({ name, url, schedule, format }: CatalogueEntry): Promise<void> => {
    setAdding(url);
    const result = await caller.call<typeof contract.createSource>('POST /api/v1/blocklists', {
      body: { name, url, schedule, format },
    });
    setProblem(result.ok ? null : result.problem);
    await queryClient.invalidateQueries({ queryKey: [blocklistsKey] });
    setAdding(null);
  };
  return (
    <Dialog
      wide
      title={t('lists.catalogue')}
      onClose={onClose}
      foot={
        <>
          <span className="small soft foot-reason">{t('lists.catalogue_hint')}</span>
          <Button onClick={onOwn}>{t('lists.own_source')}</Button>
          <Button onClick={onClose}>{t('ui.close')}</Button>
        </>
      }
    >
      {query.error === null ? null : (
        <ProblemNote problem={problemOf(query.error)} title={t('lists.catalogue_failed')} />
      )}
      {problem === null ? null : <ProblemNote problem={problem} title={t('lists.not_saved')} />}
      {query.isPending ? <p className="quiet">{t('ui.loading')}</p> : null}
      <ul className="lists-catalogue">
        {(query.data?.items ?? []).map((entry) => (
          <Entry
            key={entry.url}
            entry={entry}
            there={sources.some(({ url }) => url === entry.url)}
            busy={adding !== null}
            onAdd={() => void add(entry)}
          />
        ))}
      </ul>
    </Dialog>
  );
}

interface EntryProps {
  entry: CatalogueEntry;
  there: boolean;
  busy: boolean;
  onAdd: () => void;
}

function Entry({ entry, there, busy, onAdd }: EntryProps) {
  const { t } = useTranslation();
  const words = useScheduleWords();
  const { name, about, licence, homepage, entries, families, schedule } = entry;
  return (
    <li>
      <div className="lists-catalogue-text">
        <span className="name">{name}</span>{' '}
        <span className="small soft">
          {t('lists.about_entries', { n: formatCount(entries), families: families.join(', ') })},{' '}
          {words(schedule)}
        </span>
        <p>{about}</p>
        <p className="small quiet">
          {licence} ·{' '}
          <a href={homepage} target="_blank" rel="noreferrer">
            {new URL(homepage).host}
          </a>
        </p>
      </div>
      <Button disabled={there || busy} onClick={onAdd} aria-label={t('lists.add_name', { name })}>
        {t(there ? 'lists.there' : 'lists.add')}
      </Button>
    </li>
  );
}
