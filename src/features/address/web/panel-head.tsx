/** The head of the side panel: the address, where it stands in the list, and the way back. */
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import IconChevronUp from '@tabler/icons-react/dist/esm/icons/IconChevronUp.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Key } from '../../../ui/key.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { PanelPlace } from '../../../ui/panel-list.tsx';

interface PanelHeadProps {
  ip: string;
  list: PanelPlace | null;
  onClose: () => void;
}

export function PanelHead({ ip, list, onClose }: PanelHeadProps) {
  const { t } = useTranslation();
  const place = list?.place ?? null;
  return (
    <header className="panel-head">
      <h2 className="page-title panel-address">{ip}</h2>
      <CopyButton text={ip} what={t('panel.address')} />
      <span className="panel-place small quiet">
        {place === null
          ? null
          : t('panel.place', { at: formatCount(place.at), total: formatCount(place.total) })}
      </span>
      {list === null ? null : (
        <>
          <IconButton
            label={t('panel.previous')}
            icon={IconChevronUp}
            disabled={place === null || place.at === 1}
            onClick={() => list.onMove(-1)}
          />
          <IconButton
            label={t('panel.next')}
            icon={IconChevronDown}
            disabled={place === null || place.at === place.total}
            onClick={() => list.onMove(1)}
          />
        </>
      )}
      <button type="button" className="icon-button panel-close" aria-label={t('ui.close')} onClick={onClose}>
        <Key name="Esc" />
        <span className="panel-close-cross">
          <Icon of={IconX} />
        </span>
      </button>
    </header>
  );
}
