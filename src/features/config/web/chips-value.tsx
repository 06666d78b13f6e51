/** Addresses that are never banned, each as a chip; typed or pasted, several at once. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import type { ValueProps } from './value-props.ts';

/** fail2ban parts them by blanks and commas. */
const entriesOf = (value: string | null): string[] =>
  (value ?? '').split(/[\s,]+/).filter((entry) => entry !== '');

export function ChipsValue({ id, value, wrong, describedBy, onChange }: ValueProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const entries = entriesOf(value);
  const add = (): void => {
    const fresh = entriesOf(typed).filter((entry) => !entries.includes(entry));
    setTyped('');
    if (fresh.length > 0) onChange([...entries, ...fresh].join(' '));
  };
  return (
    <div className="option-chips">
      {entries.map((entry) => (
        <span key={entry} className="chip">
          <span className="chip-cell chip-value mono" title={entry}>
            {entry}
          </span>
          <button
            type="button"
            className="chip-remove"
            aria-label={t('config.take_out', { entry })}
            onClick={() => onChange(entries.filter((each) => each !== entry).join(' '))}
          >
            <Icon of={IconX} size={14} />
          </button>
        </span>
      ))}
      <span className="option-add">
        <input
          id={id}
          className="input mono"
          value={typed}
          placeholder={t('config.address_or_range')}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={wrong}
          aria-describedby={describedBy}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <Button onClick={add} disabled={entriesOf(typed).length === 0}>
          {t('config.add')}
        </Button>
      </span>
    </div>
  );
}
