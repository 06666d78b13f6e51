/** The laboratory. */
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { LabPage } from '../features/regex/web/lab-page.tsx';
import { readLabView } from '../features/regex/web/lab-view.ts';
import { usePageTitle } from './page-title.ts';
import './lab.css';

const route = getRouteApi('/shell/lab');

export function Lab() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const view = useMemo(() => readLabView(search), [search]);
  usePageTitle(t('lab.title'));
  return <LabPage view={view} />;
}
