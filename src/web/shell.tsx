/** What stands around every page: state above, pages at the left, and whether acts are on. */
import { useQuery } from '@tanstack/react-query';
import { Outlet, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../features/auth/web/session-query.ts';
import { BanDialogHost } from '../features/bans/web/ban-dialog-host.tsx';
import { jailsQuery } from '../features/jails/web/jails-query.ts';
import { statusQuery } from '../features/overview/web/status-query.ts';
import { useCaller, useLive } from '../ui/app-context.tsx';
import { ActsContext, TimesContext } from '../ui/page-context.tsx';
import { PanelListProvider } from '../ui/panel-list.tsx';
import { createTimes } from '../ui/times.ts';
import { ToastStack } from '../ui/toast.tsx';
import { useShortcut } from '../ui/use-shortcut.ts';
import { Navigation } from './navigation.tsx';
import { ShortcutSheet } from './shortcut-sheet.tsx';
import { StateStrip } from './state-strip.tsx';
import { Trouble } from './trouble.tsx';

const AddressPanel = lazy(() =>
  import('./address-panel.tsx').then((module) => ({ default: module.AddressPanel })),
);
const loadCommands = () => import('./command-menu.tsx');
const CommandMenu = lazy(() => loadCommands().then((module) => ({ default: module.CommandMenu })));
/** Once the page is calm its menu is fetched, so that nothing typed into it is lost. */
const calmMs = 2000;

export function Shell() {
  const { t } = useTranslation();
  const caller = useCaller();
  const live = useLive();
  const session = useQuery(sessionQuery(caller));
  const status = useQuery(statusQuery(caller));
  const jails = useQuery(jailsQuery(caller));
  const running = useMemo(
    () =>
      (jails.data?.items ?? []).flatMap(({ name, ban_seconds: seconds }) =>
        seconds === null ? [] : [{ name, ban_seconds: seconds }],
      ),
    [jails.data],
  );
  const [help, setHelp] = useState(false);
  const [commands, setCommands] = useState(false);
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

  useEffect(() => {
    // when it cannot be had now, opening it tries again
    const timer = setTimeout(() => void loadCommands().catch(() => undefined), calmMs);
    return () => clearTimeout(timer);
  }, []);

  useGoTo();
  const showHelp = (): void => setHelp(true);
  const showCommands = (): void => setCommands(true);
  useShortcut({ keys: 'Mod k', group: 'go', label: t('shortcuts.commands'), run: showCommands });
  useShortcut({ keys: '?', group: 'go', label: t('shortcuts.help'), run: showHelp });
  return (
    <TimesContext value={times}>
      <ActsContext value={acts}>
        <BanDialogHost jails={running}>
          <a className="skip" href="#content">
            {t('nav.skip')}
          </a>
          <div className="shell">
            <StateStrip status={status.data} failed={status.isError} onCommands={showCommands} />
            <Navigation status={status.data} session={session.data} onHelp={showHelp} />
            <main id="content" className="sheet" tabIndex={-1}>
              <Trouble status={status.data} failed={status.isError} seenAt={status.dataUpdatedAt} />
              <PanelListProvider>
                <SheetBody />
              </PanelListProvider>
            </main>
          </div>
          {commands ? (
            <Suspense>
              <CommandMenu onClose={() => setCommands(false)} onHelp={showHelp} />
            </Suspense>
          ) : null}
        </BanDialogHost>
        {help ? <ShortcutSheet onClose={() => setHelp(false)} /> : null}
        <ToastStack />
      </ActsContext>
    </TimesContext>
  );
}

/** The page, and beside it the address that the URL names. */
function SheetBody() {
  const { t } = useTranslation();
  const { address } = useSearch({ from: '/shell' });
  const navigate = useNavigate();
  const close = useCallback(
    () =>
      void navigate({
        to: '.',
        search: (before) => {
          const { address: _, ...rest } = before;
          return rest;
        },
        replace: true,
      }),
    [navigate],
  );
  // also while the panel's own code is still on its way
  useShortcut(
    { keys: 'Escape', group: 'list', label: t('shortcuts.close'), run: close },
    address !== undefined,
  );
  return (
    <div className={`sheet-body ${address === undefined ? '' : 'sheet-with-panel'}`}>
      <Outlet />
      {address === undefined ? null : (
        <Suspense fallback={<aside className="panel" aria-label={t('panel.label', { ip: address })} />}>
          <AddressPanel ip={address} onClose={close} />
        </Suspense>
      )}
    </div>
  );
}

function useGoTo(): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  useShortcut({
    keys: 'g o',
    group: 'go',
    label: t('shortcuts.overview'),
    run: () => void navigate({ to: '/', search: {} }),
  });
  useShortcut({
    keys: 'g b',
    group: 'go',
    label: t('shortcuts.bans'),
    run: () => void navigate({ to: '/bans', search: {} }),
  });
  useShortcut({
    keys: 'g h',
    group: 'go',
    label: t('shortcuts.history'),
    run: () => void navigate({ to: '/history', search: {} }),
  });
  useShortcut({
    keys: 'g m',
    group: 'go',
    label: t('shortcuts.map'),
    run: () => void navigate({ to: '/map', search: {} }),
  });
  useShortcut({
    keys: 'g r',
    group: 'go',
    label: t('shortcuts.offenders'),
    run: () => void navigate({ to: '/offenders', search: {} }),
  });
  useShortcut({
    keys: 'g j',
    group: 'go',
    label: t('shortcuts.jails'),
    run: () => void navigate({ to: '/jails', search: {} }),
  });
  useShortcut({
    keys: 'g c',
    group: 'go',
    label: t('shortcuts.config'),
    run: () => void navigate({ to: '/config', search: {} }),
  });
  useShortcut({
    keys: 'g k',
    group: 'go',
    label: t('shortcuts.blocklists'),
    run: () => void navigate({ to: '/blocklists', search: {} }),
  });
  useShortcut({
    keys: 'g l',
    group: 'go',
    label: t('shortcuts.lab'),
    run: () => void navigate({ to: '/lab', search: {} }),
  });
  useShortcut({
    keys: 'g e',
    group: 'go',
    label: t('shortcuts.log'),
    run: () => void navigate({ to: '/log', search: {} }),
  });
}
