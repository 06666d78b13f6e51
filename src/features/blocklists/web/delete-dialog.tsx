/** Asks once before a source goes: its entries leave force, and there is no way back but to add it again. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import type { Source } from './blocklists-query.ts';
import type { SourceActs } from './use-source-acts.ts';

interface DeleteDialogProps {
  source: Source;
  acts: SourceActs;
  onClose: () => void;
}

export function DeleteDialog({ source, acts, onClose }: DeleteDialogProps) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (): Promise<void> => {
    setBusy(true);
    const failed = await acts.remove(source);
    setBusy(false);
    if (failed === null) onClose();
    else setProblem(failed);
  };
  const { name, entries, enabled } = source;
  return (
    <Dialog
      title={t('lists.delete_title', { name })}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button kind="danger" disabled={busy} onClick={() => void submit()}>
            {t('lists.delete_act')}
          </Button>
        </>
      }
    >
      <p>
        {enabled && entries !== null
          ? t('lists.delete_text', { count: entries, n: formatCount(entries) })
          : t('lists.delete_text_off')}
      </p>
      {problem === null ? null : <ProblemNote problem={problem} title={t('lists.not_deleted')} />}
    </Dialog>
  );
}
