/** The sources, one row each; keys move the choice. */
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useNow } from '../../../ui/use-now.ts';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import type { Source } from './blocklists-query.ts';
import { SourceRow, type SourceDialogs } from './source-row.tsx';
import type { SourceActs } from './use-source-acts.ts';

interface SourcesTableProps {
  sources: readonly Source[];
  /** The one whose run is shown. */
  chosen: number | null;
  acts: SourceActs;
  dialogs: SourceDialogs;
}

export function SourcesTable({ sources, chosen, acts, dialogs }: SourcesTableProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const now = useNow(30_000);
  const choose = (source: Source | undefined): void => {
    if (source === undefined) return;
    void navigate({ to: '/blocklists', search: { source: String(source.id) }, replace: true });
  };
  const move = (step: 1 | -1): void => {
    const at = sources.findIndex(({ id }) => id === chosen);
    choose(sources[at === -1 ? 0 : Math.min(Math.max(0, at + step), sources.length - 1)]);
  };
  useShortcut({ keys: 'j', group: 'list', label: t('shortcuts.next'), run: () => move(1) });
  useShortcut({ keys: 'k', group: 'list', label: t('shortcuts.previous'), run: () => move(-1) });
  return (
    <table className="lists-table" aria-label={t('lists.table')}>
      <thead>
        <tr>
          <th scope="col" className="lists-on">
            {t('lists.on')}
          </th>
          <th scope="col" className="lists-name">
            {t('lists.source')}
          </th>
          <th scope="col" className="lists-address">
            {t('lists.address')}
          </th>
          <th scope="col" className="lists-schedule">
            {t('lists.schedule_head')}
          </th>
          <th scope="col" className="lists-entries number">
            {t('lists.entries')}
          </th>
          <th scope="col" className="lists-last">
            {t('lists.last_run')}
          </th>
          <th scope="col" className="lists-outcome">
            {t('lists.outcome')}
          </th>
          <th scope="col" className="lists-hits number" title={t('lists.hits_about')}>
            {t('lists.hits')}
          </th>
          <th scope="col" className="lists-menu">
            <span className="sr-only">{t('lists.acts')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sources.map((source) => (
          <SourceRow
            key={source.id}
            source={source}
            chosen={source.id === chosen}
            now={now}
            acts={acts}
            dialogs={dialogs}
            onChoose={() => choose(source)}
          />
        ))}
      </tbody>
    </table>
  );
}
