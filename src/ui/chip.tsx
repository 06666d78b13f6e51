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
  /** Turns is to is not, and back. */
  onTurn?: () => void;
  onRemove: () => void;
}

export function Chip({ name, value, not = false, verb, onTurn, onRemove }: ChipProps) {
  const { t } = useTranslation();
  const word = verb ?? (not ? t('ui.is_not') : t('ui.is'));
  return (
    <span className="chip">
      <span className="chip-cell soft">{name}</span>
      {onTurn === undefined ? (
        <span className={`chip-cell ${not ? 'chip-not' : 'soft'}`}>{word}</span>
      ) : (
        <button
          type="button"
          className={`chip-cell chip-turn ${not ? 'chip-not' : 'soft'}`}
          aria-label={t('ui.turn_filter', { name, verb: word, value })}
          onClick={onTurn}
        >
          {word}
        </button>
      )}
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
