/** Starts the pages: services first, then the router. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { ServicesContext } from '../ui/app-context.tsx';
import { createCaller } from '../ui/call.ts';
import { createLive } from '../ui/live.ts';
import { createShortcuts } from '../ui/shortcuts.ts';
import { ToastsContext } from '../ui/toast.tsx';
import { createToasts } from '../ui/toasts.ts';
import { ShortcutsContext } from '../ui/use-shortcut.ts';
import { createTexts } from './i18n.ts';
import { applyLiveEvents, liveEventTypes } from './live-updates.ts';
import { createPagesRouter } from './router.tsx';
import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/controls.css';
import '../ui/overlays.css';
import '../ui/table.css';
import '../ui/charts/charts.css';
import './shell.css';
import './pages.css';
import './overview.css';

// the stream says when something changed: nothing is read again on a guess, and a failed read is not repeated blindly
const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
const caller = createCaller({
  fetch: (...input) => fetch(...input),
  onSignedOut: () => {
    // before the first session the router itself decides where to go
    if (queryClient.getQueryData(['session']) === undefined) return;
    queryClient.removeQueries({ queryKey: ['session'] });
    const next = router.state.location.href;
    void router.navigate({ to: '/login', search: { next } }).then(() => queryClient.clear());
  },
});
const router = createPagesRouter({ queryClient, caller });
const live = createLive({
  url: '/api/v1/live',
  types: liveEventTypes,
  onEvents: (events) => applyLiveEvents(queryClient, events),
  document,
});
const shortcuts = createShortcuts();
shortcuts.listen(document);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={await createTexts()}>
      <QueryClientProvider client={queryClient}>
        <ServicesContext value={{ caller, live }}>
          <ShortcutsContext value={shortcuts}>
            <ToastsContext value={createToasts()}>
              <RouterProvider router={router} />
            </ToastsContext>
          </ShortcutsContext>
        </ServicesContext>
      </QueryClientProvider>
    </I18nextProvider>
  </StrictMode>,
);
