/** Finds a jail by a part of its name. */
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { useRef } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { Key } from '../../../ui/key.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import type { JailsView } from './jails-view.ts';

interface JailsFilterProps {
  view: JailsView;
  onView: (view: JailsView) => void;
  shown: number;
  all: number;
}

export function JailsFilter({ view, onView, shown, all }: JailsFilterProps) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  useShortcut({ keys: '/', group: 'list', label: t('shortcuts.filter'), run: () => field.current?.focus() });
  return (
    <div className="filter" role="search" aria-label={t('jails.search_label')}>
      <span className="input-frame filter-search">
        <span className="input-icon">
          <Icon of={IconSearch} />
        </span>
        <input
          ref={field}
          className="input"
          type="search"
          value={view.search ?? ''}
          placeholder={t('jails.search')}
          aria-label={t('jails.search_label')}
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            const { search: _, ...rest } = view;
            onView(event.target.value === '' ? rest : { ...rest, search: event.target.value });
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') field.current?.blur();
            if (event.key === 'Enter' || event.key === 'ArrowDown') {
              event.preventDefault();
              document.querySelector<HTMLElement>('[role=row][tabindex="0"]')?.focus();
            }
          }}
        />
        <span className="input-end">
          <Key name="/" />
        </span>
      </span>
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
