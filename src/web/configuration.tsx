/** The configuration, with its own words and the password that is asked for once more. */
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { confirmPassword } from '../features/auth/web/confirm.ts';
import { ConfigPage } from '../features/config/web/config-page.tsx';
import { readConfigView } from '../features/config/web/config-view.ts';
import { DraftReplay } from '../features/regex/web/draft-replay.tsx';
import { ServerActs } from '../features/server/web/server-acts.tsx';
import { ServerSettings } from '../features/server/web/server-settings.tsx';
import { useCaller } from '../ui/app-context.tsx';
import words from './locales/configuration.en.json' with { type: 'json' };
import { usePageTitle } from './page-title.ts';
import './configuration.css';
import './log.css';

const route = getRouteApi('/shell/config');

export function Configuration() {
  const { t, i18n } = useTranslation();
  // these words come with the page: the first load is not made longer by them
  useState(() => i18n.addResourceBundle('en', 'translation', words, true));
  const caller = useCaller();
  const search = route.useSearch();
  const view = useMemo(() => readConfigView(search), [search]);
  usePageTitle(t('config.title'));
  return (
    <ConfigPage
      view={view}
      offerReplay={(draft, jails) => <DraftReplay draft={draft} jails={jails} />}
      confirm={(password) => confirmPassword(caller, password)}
      server={
        <div className="config-server">
          <ServerActs />
          <ServerSettings />
        </div>
      }
    />
  );
}
