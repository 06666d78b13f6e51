/** A filter in force, read as a sentence: Jail · is · sshd · ×. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from './icon.tsx';

interface ChipProps {
  name: string;
  value: string;
  /** Everything but that. */
  not?: boolean;
  /** Another word between the two, e.g. "contain". */
  verb?: string;
  onRemove: () => void;
}

export function Chip({ name, value, not = false, verb, onRemove }: ChipProps) {
  const { t } = useTranslation();
  const word = verb ?? (not ? t('ui.is_not') : t('ui.is'));
  return (
    <span className="chip">
      <span className="chip-cell soft">{name}</span>
      <span className={`chip-cell ${not ? 'chip-not' : 'soft'}`}>{word}</span>
      <span className="chip-cell chip-value" title={value}>
        {value}
      </span>
      <button
        type="button"
        className="chip-remove"
        aria-label={t('ui.remove_filter', { name, verb: word, value })}
        onClick={onRemove}
      >
        <Icon of={IconX} size={14} />
      </button>
    </span>
  );
}
