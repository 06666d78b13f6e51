/** The blocklists, with their own words. */
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BlocklistsPage } from '../features/blocklists/web/blocklists-page.tsx';
import { readBlocklistsView } from '../features/blocklists/web/blocklists-view.ts';
import words from './locales/blocklists.en.json' with { type: 'json' };
import { usePageTitle } from './page-title.ts';
import './blocklists.css';

const route = getRouteApi('/shell/blocklists');

export function Blocklists() {
  const { t, i18n } = useTranslation();
  // these words come with the page: the first load is not made longer by them
  useState(() => i18n.addResourceBundle('en', 'translation', words, true));
  const search = route.useSearch();
  const view = useMemo(() => readBlocklistsView(search), [search]);
  usePageTitle(t('nav.blocklists'));
  return <BlocklistsPage view={view} />;
}
