/** A filter in force, read as a sentence: Jail · is · sshd · ×. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from './icon.tsx';

interface ChipProps {
  name: string;
  value: string;
  onRemove: () => void;
}

export function Chip({ name, value, onRemove }: ChipProps) {
  const { t } = useTranslation();
  return (
    <span className="chip">
      <span className="chip-cell soft">{name}</span>
      <span className="chip-cell soft">{t('ui.is')}</span>
      <span className="chip-cell chip-value">{value}</span>
      <button
        type="button"
        className="chip-remove"
        aria-label={t('ui.remove_filter', { name, value })}
        onClick={onRemove}
      >
        <Icon of={IconX} size={14} />
      </button>
    </span>
  );
}
