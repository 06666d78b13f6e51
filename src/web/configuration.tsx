/** The configuration, with its own words and the password that is asked for once more. */
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type * as auth from '../features/auth/contract.ts';
import { ConfigPage } from '../features/config/web/config-page.tsx';
import { readConfigView } from '../features/config/web/config-view.ts';
import { useCaller } from '../ui/app-context.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import words from './locales/configuration.en.json' with { type: 'json' };
import { usePageTitle } from './page-title.ts';
import './configuration.css';

const route = getRouteApi('/shell/config');

export function Configuration() {
  const { t, i18n } = useTranslation();
  // these words come with the page: the first load is not made longer by them
  useState(() => i18n.addResourceBundle('en', 'translation', words, true));
  const caller = useCaller();
  const search = route.useSearch();
  const view = useMemo(() => readConfigView(search), [search]);
  usePageTitle(t('config.title'));
  const confirm = async (password: string) => {
    const result = await caller.call<typeof auth.confirm>('POST /api/v1/auth/confirm', {
      body: { password },
    });
    return result.ok ? null : result.problem;
  };
  return (
    <ConfigPage
      view={view}
      confirm={confirm}
      server={
        <EmptyState kind="switched-off" title={t('config.server_title')}>
          {t('config.server_text')}
        </EmptyState>
      }
    />
  );
}
