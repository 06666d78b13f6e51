/** Finds a jail by a part of its name, among those that are off too when wanted. */
import { Trans, useTranslation } from 'react-i18next';
import { formatCount } from '../../../ui/numbers.ts';
import { SearchInput } from '../../../ui/search-input.tsx';
import type { JailsView } from './jails-view.ts';

interface JailsFilterProps {
  view: JailsView;
  onView: (view: JailsView) => void;
  shown: number;
  all: number;
}

export function JailsFilter({ view, onView, shown, all }: JailsFilterProps) {
  const { t } = useTranslation();
  return (
    <div className="filter" role="search" aria-label={t('jails.search_label')}>
      <SearchInput
        value={view.search ?? ''}
        onChange={(search) => {
          const { search: _, ...rest } = view;
          onView(search === '' ? rest : { ...rest, search });
        }}
        placeholder={t('jails.search')}
        label={t('jails.search_label')}
        most={200}
      />
      <label className="jail-toggle">
        <input
          type="checkbox"
          checked={view.include === 'inactive'}
          onChange={(event) => {
            const { include: _, ...rest } = view;
            onView(event.target.checked ? { ...rest, include: 'inactive' } : rest);
          }}
        />
        {t('jails.include')}
      </label>
      <span className="filter-count" role="status">
        <Trans
          i18nKey="jails.of"
          values={{ shown: formatCount(shown), all: formatCount(all) }}
          components={{ 1: <b /> }}
        />
      </span>
    </div>
  );
}
