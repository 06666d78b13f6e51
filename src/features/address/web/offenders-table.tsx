/** Addresses banned most often. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs } from '../../../ui/page-context.tsx';
import { useTellPanel } from '../../../ui/panel-list.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import { offendersQuery, type Offender, type Since } from './address-query.ts';
import { useOffenderColumns } from './offender-columns.tsx';
import type { OffendersView } from './offenders-view.ts';

interface OffendersTableProps {
  view: OffendersView;
  since: Since;
  address: string | null;
  onUnban: (ip: string) => void;
}

export function OffendersTable({ view, since, address, onUnban }: OffendersTableProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { off } = useActs();
  const query = useInfiniteQuery({
    ...offendersQuery(useCaller(), since),
    placeholderData: (before) => before,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const [cursor, setCursor] = useState<string | null>(address);
  const open = (ip: string | null): void => {
    if (ip !== null) setCursor(ip);
    void navigate({
      to: '/offenders',
      search: { ...view, ...(ip === null ? {} : { address: ip }) },
      replace: true,
    });
  };
  const openAt = rows.findIndex((row) => row.ip === address);
  useTellPanel(
    openAt < 0
      ? null
      : {
          place: { at: openAt + 1, total: rows.length },
          onMove: (step) => {
            const next = rows[openAt + step];
            if (next !== undefined) open(next.ip);
          },
          onClose: () => open(null),
        },
  );
  useShortcut(
    {
      keys: 'u',
      group: 'act',
      label: t('shortcuts.unban'),
      run: () => {
        const row = rows.find((each) => each.ip === cursor);
        if (row?.banned_now !== true) return false;
        return onUnban(row.ip);
      },
    },
    off === null,
  );
  const columns = useOffenderColumns({ narrow: address !== null, most: rows[0]?.bans ?? 1 });
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage({ cancelRefetch: false });
  }, [hasNextPage, isFetching, fetchNextPage]);
  if (query.error !== null && rows.length === 0) {
    return (
      <div className="page-note">
        <ProblemNote
          problem={problemOf(query.error)}
          title={t('offenders.failed')}
          acts={<Button onClick={() => void query.refetch()}>{t('ui.try_now')}</Button>}
        />
      </div>
    );
  }
  if (query.isPending) return <p className="page-note quiet">{t('ui.loading')}</p>;
  if (rows.length === 0) return <NoOffenders view={view} atLeast={since.atLeast} />;
  return (
    <DataTable<Offender>
      label={t('offenders.title')}
      name="offenders"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.ip}
      rowLabel={(row) => t('offenders.row', { ip: row.ip, count: row.bans, n: formatCount(row.bans) })}
      total={hasNextPage ? -2 : rows.length}
      cursor={cursor}
      onCursor={setCursor}
      openKey={address}
      onOpen={open}
      onEnd={more}
      foot={
        <div className="table-foot">
          {hasNextPage
            ? t('bans.more')
            : t('offenders.end', { count: rows.length, n: formatCount(rows.length) })}
        </div>
      }
      stale={query.isPlaceholderData}
      cardHeight={84}
    />
  );
}

function NoOffenders({ view, atLeast }: { view: OffendersView; atLeast: number }) {
  const { t } = useTranslation();
  const filtered = view.range !== undefined || view.at_least !== undefined;
  return (
    <EmptyState
      kind={filtered ? 'nothing-matches' : 'nothing-yet'}
      title={t('offenders.none_title')}
      foot={t('offenders.none_foot')}
    >
      {t('offenders.none_text', { count: atLeast })}
    </EmptyState>
  );
}
