/** The columns of the list; with the panel open some fold away, on phones the row is a card of the same cells. */
import IconAlertOctagon from '@tabler/icons-react/dist/esm/icons/IconAlertOctagon.mjs';
import IconLoader2 from '@tabler/icons-react/dist/esm/icons/IconLoader2.mjs';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../ui/data-table-props.ts';
import { Country } from '../../../ui/country.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { Remaining } from '../../../ui/remaining.tsx';
import { useMedia } from '../../../ui/use-media.ts';
import { useNow } from '../../../ui/use-now.ts';
import { dropAttempts } from './attempts.ts';
import { banAddresses, type ActDeps } from './ban-acts.ts';
import type { BanRow } from './ban-rows.ts';
import type { BansView } from './bans-view.ts';
import { unbanRows } from './unban-acts.ts';

interface ColumnsInput {
  view: BansView;
  deps: ActDeps;
  /** The panel is open. */
  narrow: boolean;
  phone: boolean;
  /** The menu of a row's country. */
  onCountry: (anchor: HTMLElement, country: string) => void;
}

export function useColumns({ view, deps, narrow, phone, onCountry }: ColumnsInput): Column<BanRow>[] {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(15_000);
  const wide = useMedia('(min-width: 1400px)');
  const small = useMedia('(max-width: 1199px)');
  /** Hardly any room: jail, origin and network go as well. */
  const tight = small || (narrow && !wide);
  return useMemo(() => {
    const since = (row: BanRow): number =>
      row.ban === null ? (row.attempt?.at ?? 0) : Date.parse(row.ban.banned_at);
    const columns: (Column<BanRow> & { folds?: boolean })[] = [
      {
        id: 'address',
        head: t('bans.address'),
        width: narrow ? 'minmax(120px, 1.4fr)' : 'minmax(150px, 1.6fr)',
        sort: { up: 'ip', down: '-ip', first: 'up' },
        cell: (row) => (
          <span className="mono" title={row.ip}>
            {row.ip}
          </span>
        ),
      },
      {
        id: 'country',
        head: t('bans.country'),
        width: '56px',
        cell: ({ ban }) =>
          ban === null ? null : phone ? (
            <Country code={ban.country} short />
          ) : (
            <button
              type="button"
              tabIndex={-1}
              className="cell-value"
              onClick={(event) => onCountry(event.currentTarget, ban.country)}
            >
              <Country code={ban.country} short />
            </button>
          ),
      },
      {
        id: 'network',
        head: t('bans.network'),
        width: 'minmax(84px, 1.6fr)',
        folds: tight,
        cell: ({ ban }) => (ban === null ? null : <Network asn={ban.asn} name={ban.as_name} />),
      },
      {
        id: 'jail',
        head: t('bans.jail'),
        width: 'minmax(88px, 1.2fr)',
        folds: view.jail !== undefined || narrow,
        cell: (row) => row.jail,
      },
      {
        id: 'since',
        head: t('bans.since'),
        width: narrow ? '72px' : 'minmax(88px, 0.8fr)',
        sort: { up: 'banned_at', down: '-banned_at', first: 'down' },
        cell: (row) => (
          <time className="soft" dateTime={new Date(since(row)).toISOString()} title={times.full(since(row))}>
            {times.exact(since(row), now)}
          </time>
        ),
      },
      {
        id: 'remaining',
        head: t('bans.remaining'),
        width: narrow ? '128px' : 'minmax(136px, 1fr)',
        align: 'end',
        sort: { up: 'expires_at', down: '-expires_at', first: 'up' },
        cell: (row) => <RemainingCell row={row} now={now} deps={deps} />,
      },
      {
        id: 'times',
        head: t('bans.times'),
        width: '44px',
        align: 'end',
        sort: { up: 'ban_count', down: '-ban_count', first: 'down' },
        cell: (row) =>
          row.ban === null ? null : (
            <span className={row.ban.ban_count >= 5 ? 'strong' : 'soft'}>
              {t('bans.times_value', { count: row.ban.ban_count })}
            </span>
          ),
      },
      {
        id: 'origin',
        head: t('bans.origin'),
        width: narrow ? '52px' : '76px',
        folds: tight,
        cell: (row) => <span className="soft">{t(`bans.origins.${row.ban?.origin ?? 'manual'}`)}</span>,
      },
      {
        id: 'reason',
        head: t('bans.reason'),
        width: 'minmax(80px, 1.2fr)',
        folds: tight || narrow,
        cell: (row) => (
          <span className="soft" title={row.ban?.reason ?? undefined}>
            {row.ban?.reason ?? row.attempt?.input?.reason ?? ''}
          </span>
        ),
      },
    ];
    return columns.filter((column) => phone || column.folds !== true);
  }, [t, times, now, deps, view.jail, narrow, tight, phone, onCountry]);
}

function Network({ asn, name }: { asn: number | null; name: string | null }) {
  if (asn === null) return null;
  return (
    <span className="soft" title={name === null ? undefined : `${name}, AS${asn}`}>
      {name ?? `AS${asn}`}
    </span>
  );
}

function RemainingCell({ row, now, deps }: { row: BanRow; now: number; deps: ActDeps }) {
  const { t } = useTranslation();
  const { attempt, ban } = row;
  if (attempt?.state === 'pending') {
    return (
      <span className="working">
        <Icon of={IconLoader2} size={14} />
        {attempt.act === 'ban' ? t('bans.banning') : t('bans.unbanning')}
      </span>
    );
  }
  if (attempt?.state === 'failed') {
    const retry = (): void => {
      if (attempt.input !== null) void banAddresses(deps, attempt.input);
      else if (ban !== null) void unbanRows(deps, [ban]);
    };
    return (
      <span className="failed" title={attempt.detail ?? undefined}>
        <Icon of={IconAlertOctagon} size={14} tone="bad" />
        <span className="tone-bad">
          {attempt.act === 'ban' ? t('bans.not_banned') : t('act.not_unbanned')}
        </span>
        <button type="button" className="link-button" onClick={retry}>
          {t('bans.retry')}
        </button>
        <button type="button" className="link-button" onClick={() => dropAttempts(deps.queryClient, [row])}>
          {t('bans.dismiss')}
        </button>
      </span>
    );
  }
  if (ban === null) return null;
  const until = ban.expires_at === null ? null : Date.parse(ban.expires_at);
  return <Remaining from={Date.parse(ban.banned_at)} until={until} now={now} />;
}
