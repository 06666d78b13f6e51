/** New bans gather here while the list is scrolled away from its top. */
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { Key } from '../../../ui/key.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import type { BansList } from './use-bans-list.ts';

export function NewRows({ list }: { list: BansList }) {
  const { t } = useTranslation();
  const times = useTimes();
  const { waiting } = list;
  const show = (): void => {
    document.querySelector('.table-bans')?.scrollTo({ top: 0 });
    list.showNew();
  };
  useShortcut({ keys: 'n', group: 'list', label: t('shortcuts.show_new'), run: show }, waiting !== null);
  const now = useNow(60_000);
  if (waiting === null) return null;
  return (
    <button type="button" className="new-rows" onClick={show}>
      <Icon of={IconArrowUp} size={14} />
      <strong>{t('bans.new', { count: waiting.count })}</strong>
      <span>{t('bans.new_since', { time: times.exact(waiting.since, now) })}</span>
      <Key name="n" />
    </button>
  );
}
