/** What every option of every jail comes to, which line decides it, and what that overrides. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { Icon } from '../../../ui/icon.tsx';
import { SearchInput } from '../../../ui/search-input.tsx';
import { useMedia } from '../../../ui/use-media.ts';
import { effectiveQuery } from './config-query.ts';
import { viewOfPlace, type ConfigView } from './config-view.ts';
import { useEffectiveColumns } from './effective-columns.tsx';
import { effectiveRows, type EffectiveRow } from './effective-rows.ts';

export function EffectiveTab({ view }: { view: ConfigView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const phone = useMedia('(max-width: 599px)');
  const query = useQuery(effectiveQuery(useCaller()));
  const [cursor, setCursor] = useState<string | null>(null);
  const items = query.data?.items;
  const all = useMemo(() => effectiveRows(items ?? []), [items]);
  const jail = view.jail ?? '';
  const option = view.option ?? '';
  const rows = useMemo(() => {
    const text = option.toLowerCase();
    return all.filter((row) => (jail === '' || row.jail === jail) && row.option.includes(text));
  }, [all, jail, option]);
  const columns = useEffectiveColumns(phone);
  const set = (next: { jail?: string; option?: string }): void => {
    const merged = { jail, option, ...next };
    void navigate({
      to: '/config',
      search: {
        tab: 'effective',
        ...(merged.jail === '' ? {} : { jail: merged.jail }),
        ...(merged.option === '' ? {} : { option: merged.option }),
      },
      replace: true,
    });
  };
  const open = (key: string): void => {
    const row = rows.find((each) => each.key === key);
    const place = row?.origin ?? null;
    const next = place === null ? null : viewOfPlace(place.file, place.line);
    if (next !== null) void navigate({ to: '/config', search: next });
  };
  return (
    <div className="page-columns">
      <div className="page-list">
        <div className="filter" role="search" aria-label={t('config.effective_search')}>
          <SearchInput
            value={option}
            onChange={(next) => set({ option: next })}
            placeholder={t('config.option')}
            label={t('config.option')}
            most={200}
          />
          <span className="select-frame">
            <select
              className="input effective-jail"
              aria-label={t('config.jail')}
              value={jail}
              onChange={(event) => set({ jail: event.target.value })}
            >
              <option value="">{t('config.all_jails')}</option>
              {items?.map((each) => (
                <option key={each.jail} value={each.jail}>
                  {each.enabled ? each.jail : t('config.jail_off', { name: each.jail })}
                </option>
              ))}
            </select>
            <Icon of={IconSelector} />
          </span>
          <span className="filter-count" role="status">
            <Trans
              i18nKey="config.of"
              values={{ shown: formatCount(rows.length), all: formatCount(all.length) }}
              components={{ 1: <b /> }}
            />
          </span>
        </div>
        {query.error !== null ? (
          <div className="page-note">
            <ProblemNote
              problem={problemOf(query.error)}
              title={t('config.effective_failed')}
              acts={<Button onClick={() => void query.refetch()}>{t('ui.try_now')}</Button>}
            />
          </div>
        ) : items === undefined ? (
          <p className="page-note quiet">{t('ui.loading')}</p>
        ) : rows.length === 0 ? (
          <EmptyState
            kind="nothing-matches"
            title={t('config.effective_none')}
            act={<Button onClick={() => set({ jail: '', option: '' })}>{t('config.clear_filters')}</Button>}
          >
            {t('config.effective_none_text', { n: formatCount(all.length) })}
          </EmptyState>
        ) : (
          <DataTable<EffectiveRow>
            label={t('config.tab.effective')}
            name="effective"
            columns={columns}
            rows={rows}
            rowKey={(row) => row.key}
            rowLabel={(row) => `${row.jail} ${row.option}`}
            total={rows.length}
            cursor={cursor}
            onCursor={setCursor}
            openKey={null}
            onOpen={open}
            cardHeight={112}
          />
        )}
      </div>
    </div>
  );
}
