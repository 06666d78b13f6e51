/** What is selected, and what can be done with it: the count first, the effect in the verb. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../../ui/button.tsx';
import { useActs } from '../../../ui/page-context.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import type { ActiveBan } from './bans-query.ts';

interface SelectionBarProps {
  rows: readonly ActiveBan[];
  onUnban: () => void;
  onClear: () => void;
}

export function SelectionBar({ rows, onUnban, onClear }: SelectionBarProps) {
  const { t } = useTranslation();
  const { off } = useActs();
  const toasts = useToasts();
  if (rows.length === 0) return null;
  const copy = async (): Promise<void> => {
    const addresses = [...new Set(rows.map((row) => row.ip))];
    try {
      await navigator.clipboard.writeText(addresses.join('\n'));
      toasts.show({ tone: 'ok', title: t('bans.copied', { count: addresses.length }) });
    } catch {
      toasts.show({ tone: 'bad', title: t('ui.copy'), detail: t('bans.copy_closed') });
    }
  };
  return (
    <div className="selection-bar" role="toolbar" aria-label={t('bans.selected', { count: rows.length })}>
      <span className="selection-count" role="status">
        {t('bans.selected', { count: rows.length })}
      </span>
      {off === null ? null : <span className="small">{off}</span>}
      <Button kind="ink" shortcut="u" disabled={off !== null} onClick={onUnban}>
        {t('bans.unban_n', { count: rows.length })}
      </Button>
      <Button kind="ink" onClick={() => void copy()}>
        {t('bans.copy_n')}
      </Button>
      <IconButton label={t('bans.clear_selection')} icon={IconX} onClick={onClear} />
    </div>
  );
}
