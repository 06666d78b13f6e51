/** What stands around every page: state above, pages at the left, and whether acts are on. */
import { useQuery } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../features/auth/web/session-query.ts';
import { BanDialogHost } from '../features/bans/web/ban-dialog-host.tsx';
import { jailsQuery } from '../features/jails/web/jails-query.ts';
import { statusQuery } from '../features/overview/web/status-query.ts';
import { useCaller, useLive } from '../ui/app-context.tsx';
import { ActsContext, TimesContext } from '../ui/page-context.tsx';
import { createTimes } from '../ui/times.ts';
import { ToastStack } from '../ui/toast.tsx';
import { useShortcut } from '../ui/use-shortcut.ts';
import { Navigation } from './navigation.tsx';
import { ShortcutSheet } from './shortcut-sheet.tsx';
import { StateStrip } from './state-strip.tsx';
import { Trouble } from './trouble.tsx';

export function Shell() {
  const { t } = useTranslation();
  const caller = useCaller();
  const live = useLive();
  const session = useQuery(sessionQuery(caller));
  const status = useQuery(statusQuery(caller));
  const jails = useQuery(jailsQuery(caller));
  const [help, setHelp] = useState(false);
  useEffect(() => {
    live.start();
    return () => live.stop();
  }, [live]);

  const zone = session.data?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const times = useMemo(() => createTimes(zone), [zone]);
  const state = status.data?.state;
  const acts = useMemo(() => {
    if (status.isError) return { off: t('shell.off_server') };
    if (state === undefined || state === 'online') return { off: null };
    return { off: t('shell.off', { word: t(`shell.word.${state}`) }) };
  }, [status.isError, state, t]);

  useGoTo();
  const showHelp = (): void => setHelp(true);
  useShortcut({ keys: '?', group: 'go', label: t('shortcuts.help'), run: showHelp });
  return (
    <TimesContext value={times}>
      <ActsContext value={acts}>
        <BanDialogHost jails={jails.data?.items ?? []}>
          <a className="skip" href="#content">
            {t('nav.skip')}
          </a>
          <div className="shell">
            <StateStrip status={status.data} failed={status.isError} />
            <Navigation status={status.data} session={session.data} onHelp={showHelp} />
            <main id="content" className="sheet" tabIndex={-1}>
              <Trouble status={status.data} failed={status.isError} seenAt={status.dataUpdatedAt} />
              <Outlet />
            </main>
          </div>
        </BanDialogHost>
        {help ? <ShortcutSheet onClose={() => setHelp(false)} /> : null}
        <ToastStack />
      </ActsContext>
    </TimesContext>
  );
}

function useGoTo(): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  useShortcut({
    keys: 'g o',
    group: 'go',
    label: t('shortcuts.overview'),
    run: () => void navigate({ to: '/' }),
  });
  useShortcut({
    keys: 'g b',
    group: 'go',
    label: t('shortcuts.bans'),
    run: () => void navigate({ to: '/bans', search: {} }),
  });
  useShortcut({
    keys: 'g j',
    group: 'go',
    label: t('shortcuts.jails'),
    run: () => void navigate({ to: '/jails', search: {} }),
  });
}
