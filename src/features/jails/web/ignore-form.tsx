/** A new entry of an ignore list: who, why, for how long. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { useActs } from '../../../ui/page-context.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import type { NewEntry } from './use-ignore-acts.ts';

const lengths = ['', '1h', '1d', '7d', '30d'] as const;

export function IgnoreForm({ onAdd }: { onAdd: (entry: NewEntry) => Promise<Problem | null> }) {
  const { t } = useTranslation();
  const { off } = useActs();
  const [entry, setEntry] = useState('');
  const [reason, setReason] = useState('');
  const [duration, setDuration] = useState('');
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ready = entry.trim() !== '' && off === null && !working;
  const submit = async (): Promise<void> => {
    setWorking(true);
    const failed = await onAdd({
      entry: entry.trim(),
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
      ...(duration === '' ? {} : { duration }),
    });
    setWorking(false);
    setProblem(failed);
    if (failed !== null) return;
    setEntry('');
    setReason('');
  };
  return (
    <form
      className="ignore-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void submit();
      }}
    >
      <label className="field">
        <span className="field-label">{t('jails.ignore.entry')}</span>
        <input
          className="input mono"
          value={entry}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setEntry(event.target.value)}
        />
      </label>
      <label className="field">
        <span className="field-label">{t('jails.ignore.reason')}</span>
        <input className="input" value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <label className="field">
        <span className="field-label">{t('jails.ignore.for')}</span>
        <span className="select-frame">
          <select className="input" value={duration} onChange={(event) => setDuration(event.target.value)}>
            {lengths.map((length) => (
              <option key={length} value={length}>
                {t(`jails.ignore.lengths.${length === '' ? 'good' : length}`)}
              </option>
            ))}
          </select>
          <Icon of={IconSelector} />
        </span>
      </label>
      <Button disabled={!ready} onClick={() => void submit()}>
        {t('jails.ignore.add')}
      </Button>
      {problem === null ? null : <ProblemNote problem={problem} title={t('jails.ignore.failed')} />}
    </form>
  );
}
