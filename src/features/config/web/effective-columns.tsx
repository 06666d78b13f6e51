/** The columns of the effective values. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../ui/data-table-props.ts';
import type { EffectiveRow } from './effective-rows.ts';

export function useEffectiveColumns(phone: boolean): Column<EffectiveRow>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: 'jail',
        head: t('config.jail'),
        width: 'minmax(110px, 0.9fr)',
        cell: (row) => <span className={row.enabled ? 'name' : 'soft'}>{row.jail}</span>,
      },
      {
        id: 'option',
        head: t('config.option'),
        width: 'minmax(120px, 1fr)',
        cell: (row) => <span className="mono">{row.option}</span>,
      },
      {
        id: 'text',
        head: t('config.value'),
        width: 'minmax(140px, 2fr)',
        cell: (row) =>
          row.value === null ? (
            <span className="quiet">{t('config.value_unknown')}</span>
          ) : row.value === '' ? (
            <span className="quiet">{t('config.value_empty')}</span>
          ) : (
            <span className="mono" title={row.value}>
              {row.value}
            </span>
          ),
      },
      {
        id: 'place',
        head: t('config.set_in'),
        width: 'minmax(140px, 1.2fr)',
        cell: (row) =>
          row.origin === null ? (
            <span className="quiet">{t('config.builtin')}</span>
          ) : (
            <span className="mono effective-place">
              {row.origin.file}:{row.origin.line}
            </span>
          ),
      },
      {
        id: 'overrides',
        head: t('config.overrides'),
        width: 'minmax(140px, 1.4fr)',
        cell: (row) => {
          const [first] = row.overrides;
          if (first === undefined) return phone ? null : <span className="quiet">{t('config.nothing')}</span>;
          const all = row.overrides.map(({ value, file, line }) => `${value}  ${file}:${line}`).join('\n');
          return (
            <span className="soft" title={all}>
              <span className="mono">{first.value}</span>{' '}
              <span className="small quiet">
                {first.file}:{first.line}
                {row.overrides.length > 1
                  ? ` ${t('config.and_more', { n: row.overrides.length - 1 })}`
                  : null}
              </span>
            </span>
          );
        },
      },
    ],
    [t, phone],
  );
}
