/** The first lines of a list, and what each was taken for; another column or format is tried here. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { problemOf, type Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import type * as contract from '../contract.ts';
import { blocklistsKey, previewQuery, type Format, type Preview, type Source } from './blocklists-query.ts';
import { FormatField } from './format-field.tsx';
import { keyed } from './keyed.ts';
import { sizeWords } from './sizes.ts';

export function PreviewDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const { t } = useTranslation();
  const caller = useCaller();
  const queryClient = useQueryClient();
  const query = useQuery(previewQuery(caller, source.id));
  const [format, setFormat] = useState<Format>(source.format);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const changed = JSON.stringify(format) !== JSON.stringify(source.format);
  const apply = async (): Promise<void> => {
    setBusy(true);
    const result = await caller.call<typeof contract.updateSource>('PUT /api/v1/blocklists/{id}', {
      params: { id: source.id },
      body: { format },
    });
    setProblem(result.ok ? null : result.problem);
    await queryClient.invalidateQueries({ queryKey: [blocklistsKey, 'sources'] });
    await query.refetch();
    setBusy(false);
  };
  return (
    <Dialog
      wide
      title={t('lists.preview_title', { name: source.name })}
      onClose={onClose}
      foot={<Button onClick={onClose}>{t('ui.close')}</Button>}
    >
      <div className="lists-preview-format">
        <FormatField format={format} onChange={setFormat} columns={query.data?.columns ?? []} />
        <Button disabled={!changed || busy} onClick={() => void apply()}>
          {t('lists.use_format')}
        </Button>
      </div>
      {problem === null ? null : <ProblemNote problem={problem} title={t('lists.not_saved')} />}
      {query.error === null ? null : (
        <ProblemNote
          problem={problemOf(query.error)}
          title={t('lists.preview_failed')}
          acts={<Button onClick={() => void query.refetch()}>{t('ui.retry')}</Button>}
        />
      )}
      {query.isPending ? <p className="quiet">{t('ui.loading')}</p> : null}
      {query.data === undefined ? null : <Lines preview={query.data} stale={query.isFetching} />}
    </Dialog>
  );
}

function Lines({ preview, stale }: { preview: Preview; stale: boolean }) {
  const { t } = useTranslation();
  const { lines, entries, bytes, content_type: type, fetched, format } = preview;
  const facts = [
    t('lists.understood_as', { format: t(`lists.formats.${format.kind}`) }),
    entries === null ? t('lists.only_beginning') : t('lists.entries_n', { n: formatCount(entries) }),
    bytes === null ? null : sizeWords(bytes),
    type,
    t(fetched ? 'lists.fetched_now' : 'lists.last_version'),
  ];
  return (
    <div className={stale ? 'stale' : ''}>
      <p className="small soft">{facts.filter((fact) => fact !== null).join(' · ')}</p>
      {lines.length === 0 ? <p className="quiet">{t('lists.no_lines')}</p> : null}
      <ol className="lists-lines" aria-label={t('lists.first_lines')}>
        {keyed(lines, ({ text }) => text).map(({ key, row: { text, entry, refusal } }) => (
          <li key={key} className={refusal === null ? '' : 'lists-line-refused'}>
            <span className="mono">
              <LogText text={text} most={200} />
            </span>
            <span className="small soft">
              {refusal !== null
                ? t(`lists.refusal.${refusal}`)
                : entry === null
                  ? t('lists.comment')
                  : entry === text
                    ? null
                    : entry}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
