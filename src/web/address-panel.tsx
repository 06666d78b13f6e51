/** One address beside any page: head, acts, facts, why, every ban, neighbours. */
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { PanelHead } from '../features/address/web/panel-head.tsx';
import { GeoCredit } from '../features/geo/web/geo-credit.tsx';
import { usePanelPlace } from '../ui/panel-list.tsx';
import { useShortcut } from '../ui/use-shortcut.ts';
import { AddressActs } from './address-acts.tsx';
import { AddressAbout, AddressBans, AddressNeighbours, AddressWhy, useAddress } from './address-content.tsx';

interface AddressPanelProps {
  ip: string;
  /** Takes the address out of the URL. */
  onClose: () => void;
}

export function AddressPanel({ ip, onClose }: AddressPanelProps) {
  const { t } = useTranslation();
  const known = useAddress(ip);
  const list = usePanelPlace();
  const panel = useRef<HTMLElement>(null);
  const opener = useRef<Element | null>(null);
  useEffect(() => {
    opener.current = document.activeElement;
    // where the panel covers the page the reader must land in it
    if (matchMedia('(max-width: 1199px)').matches) panel.current?.focus();
  }, []);
  useEffect(() => {
    // what it answers differs between browsers and is no clean-up
    panel.current?.scrollTo({ top: 0 });
  }, [ip]);
  const close = (): void => {
    if (list !== null) return list.onClose();
    onClose();
    const back = opener.current;
    requestAnimationFrame(() => {
      if (back instanceof HTMLElement) back.focus();
    });
  };
  useShortcut({ keys: 'Escape', group: 'list', label: t('shortcuts.close'), run: close });
  return (
    <aside ref={panel} className="panel" aria-label={t('panel.label', { ip })} tabIndex={-1}>
      <PanelHead ip={ip} list={list} onClose={close} />
      <AddressActs
        ip={ip}
        held={known.held}
        jail={list?.jail}
        quiet={list?.unbans ?? false}
        end={
          <Link
            to="/address/$ip"
            params={{ ip }}
            search={list?.event === undefined ? {} : { event: list.event }}
            className="panel-full"
          >
            {t('panel.full')}
          </Link>
        }
      />
      {list?.note === undefined || list.note === null ? null : <div className="panel-part">{list.note}</div>}
      <AddressAbout known={known} />
      <AddressWhy known={known} event={list?.event} jail={list?.jail} />
      <AddressBans known={known} />
      <AddressNeighbours known={known} />
      <footer className="page-foot">
        <GeoCredit />
      </footer>
    </aside>
  );
}
