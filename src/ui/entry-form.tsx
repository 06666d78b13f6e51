/** Whom to let through: an address, network or name, why, and for how long. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import type { Problem } from './problem.ts';
import { ProblemNote } from './problem-note.tsx';

export interface NewEntry {
  entry: string;
  reason: string | null;
  /** How long from now on; null = for good. */
  seconds: number | null;
}

interface EntryFormProps {
  /** Null when it is in; else why not. */
  onAdd: (entry: NewEntry) => Promise<Problem | null>;
  /** On the button. */
  act: string;
  /** Says what did not work. */
  failed: string;
  disabled?: boolean;
  /** What the address field begins with. */
  initial?: string;
  /** A further field, before the last one. */
  children?: ReactNode;
}

const hour = 3_600;
/** Seconds. */
const lengths = { good: null, '1h': hour, '1d': 24 * hour, '7d': 7 * 24 * hour, '30d': 30 * 24 * hour };
type Length = keyof typeof lengths;
const names: readonly Length[] = ['good', '1h', '1d', '7d', '30d'];

export function EntryForm(props: EntryFormProps) {
  const { onAdd, act, failed, disabled = false, initial = '', children } = props;
  const { t } = useTranslation();
  const [entry, setEntry] = useState(initial);
  const [reason, setReason] = useState('');
  const [length, setLength] = useState<Length>('good');
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ready = entry.trim() !== '' && !disabled && !working;
  const submit = async (): Promise<void> => {
    setWorking(true);
    const result = await onAdd({
      entry: entry.trim(),
      reason: reason.trim() === '' ? null : reason.trim(),
      seconds: lengths[length],
    });
    setWorking(false);
    setProblem(result);
    if (result !== null) return;
    setEntry('');
    setReason('');
  };
  return (
    <form
      className="entry-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void submit();
      }}
    >
      <label className="field">
        <span className="field-label">{t('entry.who')}</span>
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
        <span className="field-label">{t('entry.reason')}</span>
        <input
          className="input"
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      {children}
      <label className="field">
        <span className="field-label">{t('entry.for')}</span>
        <span className="select-frame">
          <select
            className="input"
            value={length}
            onChange={(event) => setLength(names.find((name) => name === event.target.value) ?? 'good')}
          >
            {names.map((name) => (
              <option key={name} value={name}>
                {t(`entry.lengths.${name}`)}
              </option>
            ))}
          </select>
          <Icon of={IconSelector} />
        </span>
      </label>
      <Button type="submit" disabled={!ready}>
        {act}
      </Button>
      {problem === null ? null : (
        <div className="entry-form-problem">
          <ProblemNote problem={problem} title={failed} />
        </div>
      )}
    </form>
  );
}
