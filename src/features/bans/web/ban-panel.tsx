/** One ban in full: address, acts, facts. It pushes the list aside and gives it back on Esc. */
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import IconChevronUp from '@tabler/icons-react/dist/esm/icons/IconChevronUp.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button, IconButton } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { Note } from '../../../ui/note.tsx';
import { useActs } from '../../../ui/page-context.tsx';
import { useBanDialog } from './ban-dialog-host.tsx';
import { useActDeps } from './use-act-deps.ts';
import { BanFacts } from './ban-facts.tsx';
import type { BanRow } from './ban-rows.ts';
import { bansOfQuery } from './bans-query.ts';
import { unbanEverywhere, unbanRows } from './unban-acts.ts';

interface BanPanelProps {
  /** `ip@jail`, from the URL. */
  id: string;
  /** The row, when it is among those read. */
  row: BanRow | null;
  place: { at: number; total: number } | null;
  onMove: (step: 1 | -1) => void;
  onClose: () => void;
}

export function BanPanel({ id, row, place, onMove, onClose }: BanPanelProps) {
  const { t } = useTranslation();
  const deps = useActDeps();
  const dialog = useBanDialog();
  const { off } = useActs();
  const at = id.indexOf('@');
  const ip = id.slice(0, at);
  const jail = id.slice(at + 1);
  const held = useQuery(bansOfQuery(useCaller(), ip));
  const bans = held.data ?? (row?.ban === null || row?.ban === undefined ? [] : [row.ban]);
  const ban = bans.find((each) => each.jail === jail) ?? row?.ban ?? null;
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    // on phones the panel covers the list: the reader must land in it
    if (matchMedia('(max-width: 959px)').matches) panel.current?.focus();
  }, []);
  return (
    <aside ref={panel} className="panel" aria-label={t('panel.label', { ip })} tabIndex={-1}>
      <header className="panel-head">
        <h2 className="page-title panel-address">{ip}</h2>
        <CopyButton text={ip} what={t('panel.address')} />
        <span className="panel-place small quiet">
          {place === null
            ? null
            : t('panel.place', { at: formatCount(place.at), total: formatCount(place.total) })}
        </span>
        <IconButton
          label={t('panel.previous')}
          icon={IconChevronUp}
          disabled={place === null || place.at === 1}
          onClick={() => onMove(-1)}
        />
        <IconButton
          label={t('panel.next')}
          icon={IconChevronDown}
          disabled={place === null || place.at === place.total}
          onClick={() => onMove(1)}
        />
        <IconButton label={t('ui.close')} icon={IconX} onClick={onClose} />
      </header>
      <div className="panel-acts">
        <Button
          kind="primary"
          shortcut="u"
          disabled={off !== null || ban === null}
          onClick={() => {
            if (ban !== null) void unbanRows(deps, [ban]);
          }}
        >
          {t('panel.unban')}
        </Button>
        {bans.length > 1 ? (
          <Button disabled={off !== null} onClick={() => void unbanEverywhere(deps, ip, bans)}>
            {t('panel.unban_everywhere')}
          </Button>
        ) : null}
        <Button disabled={off !== null} onClick={() => dialog.open({ addresses: ip, jail })}>
          {t('panel.change')}
        </Button>
        {off === null ? null : <span className="small soft">{off}</span>}
      </div>
      <div className="panel-body">
        {row?.attempt?.state === 'failed' ? (
          <Note kind="bad">
            <strong>{row.attempt.act === 'ban' ? t('bans.not_banned') : t('act.not_unbanned')}.</strong>{' '}
            {row.attempt.detail}
          </Note>
        ) : null}
        {ban !== null ? (
          <BanFacts ban={ban} held={bans} />
        ) : held.isPending ? (
          <p className="quiet">{t('ui.loading')}</p>
        ) : row?.attempt === null || row === null ? (
          <EmptyState kind="nothing-yet" title={t('panel.gone_title')}>
            {t('panel.gone', { ip, jail })}
          </EmptyState>
        ) : null}
      </div>
    </aside>
  );
}
