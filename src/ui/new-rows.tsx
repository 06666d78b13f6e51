/** New rows gather here while a list is scrolled away from its top. */
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from './icon.tsx';
import { Key } from './key.tsx';
import { useTimes } from './page-context.tsx';
import { useNow } from './use-now.ts';
import { useShortcut } from './use-shortcut.ts';

interface NewRowsProps {
  /** Class of the table, to scroll it back to its top. */
  table: string;
  /** Count 0 = some, nobody knows how many. */
  waiting: { count: number; since: number } | null;
  onShow: () => void;
}

export function NewRows({ table, waiting, onShow }: NewRowsProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const show = (): void => {
    document.querySelector(`.${table}`)?.scrollTo({ top: 0 });
    onShow();
  };
  useShortcut({ keys: 'n', group: 'list', label: t('shortcuts.show_new'), run: show }, waiting !== null);
  const now = useNow(60_000);
  if (waiting === null) return null;
  return (
    <button type="button" className="new-rows" onClick={show}>
      <Icon of={IconArrowUp} size={14} />
      <strong>{waiting.count === 0 ? t('ui.new_some') : t('ui.new', { count: waiting.count })}</strong>
      <span>{t('ui.new_since', { time: times.exact(waiting.since, now) })}</span>
      <Key name="n" />
    </button>
  );
}
