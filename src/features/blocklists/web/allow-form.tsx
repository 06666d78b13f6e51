/** A new entry of the allow-list: who, why, for how long. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import type { NewAllowed } from './use-allow-acts.ts';

const lengths = ['good', '1d', '7d', '30d'] as const;
type Length = (typeof lengths)[number];
const days = { good: null, '1d': 1, '7d': 7, '30d': 30 } as const;

export function AllowForm({ onAdd }: { onAdd: (entry: NewAllowed) => Promise<Problem | null> }) {
  const { t } = useTranslation();
  const [entry, setEntry] = useState('');
  const [reason, setReason] = useState('');
  const [length, setLength] = useState<Length>('good');
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ready = entry.trim() !== '' && !working;
  const submit = async (): Promise<void> => {
    setWorking(true);
    const ends = days[length];
    const failed = await onAdd({
      entry: entry.trim(),
      reason: reason.trim() === '' ? null : reason.trim(),
      expires_at: ends === null ? null : new Date(Date.now() + ends * 86_400_000).toISOString(),
    });
    setWorking(false);
    setProblem(failed);
    if (failed !== null) return;
    setEntry('');
    setReason('');
  };
  return (
    <form
      className="lists-allow-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void submit();
      }}
    >
      <label className="field">
        <span className="field-label">{t('lists.allow_entry')}</span>
        <input
          className="input mono"
          value={entry}
          maxLength={253}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setEntry(event.target.value)}
        />
      </label>
      <label className="field">
        <span className="field-label">{t('lists.allow_why')}</span>
        <input
          className="input"
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <label className="field">
        <span className="field-label">{t('lists.allow_for')}</span>
        <span className="select-frame">
          <select
            className="input"
            value={length}
            onChange={(event) => {
              const next = lengths.find((each) => each === event.target.value);
              if (next !== undefined) setLength(next);
            }}
          >
            {lengths.map((each) => (
              <option key={each} value={each}>
                {t(`lists.lengths.${each}`)}
              </option>
            ))}
          </select>
          <Icon of={IconSelector} />
        </span>
      </label>
      <Button type="submit" disabled={!ready}>
        {t('lists.allow_act')}
      </Button>
      {problem === null ? null : (
        <div className="lists-allow-problem">
          <ProblemNote problem={problem} title={t('lists.allow_failed')} />
        </div>
      )}
    </form>
  );
}
