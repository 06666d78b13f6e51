/** Which address shows which page, what it needs first, and how its search parameters are put right. */
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { readBansView } from '../features/bans/web/bans-view.ts';
import { readBlocklistsView } from '../features/blocklists/web/blocklists-view.ts';
import { sessionQuery } from '../features/auth/web/session-query.ts';
import { readConfigView } from '../features/config/web/config-view.ts';
import { readHistoryView } from '../features/history/web/history-view.ts';
import { readOffendersView } from '../features/address/web/offenders-view.ts';
import { readJailsView } from '../features/jails/web/jails-view.ts';
import { readLabView } from '../features/regex/web/lab-view.ts';
import { readLogView } from '../features/server/web/log-view.ts';
import { readMapView, type MapView } from '../features/map/web/map-view.ts';
import { readDashboardView, type DashboardView } from '../features/overview/web/dashboard-view.ts';
import { setupQuery } from '../features/setup/web/setup-query.ts';
import type { Caller } from '../ui/call.ts';
import { problemOf } from '../ui/problem.ts';
import { readRangeView } from '../ui/range-view.ts';
import { localPath, parseSearch, stringifySearch, textOf } from '../ui/url-state.ts';
import { NotFoundPage, PageError } from './page-error.tsx';
import { Shell } from './shell.tsx';

interface RouterDeps {
  queryClient: QueryClient;
  caller: Caller;
}

const rootRoute = createRootRouteWithContext<RouterDeps>()({ component: Outlet });

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: (search): { next?: string } => {
    const next = localPath(search['next']);
    return next === '/' ? {} : { next };
  },
  component: lazyRouteComponent(() => import('../features/auth/web/login-page.tsx'), 'LoginPage'),
});

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  beforeLoad: async ({ context }) => {
    const setup = await context.queryClient.query(setupQuery(context.caller));
    if (setup.completed) throw redirect({ to: '/login', search: {} });
  },
  component: lazyRouteComponent(() => import('./setup.tsx'), 'Setup'),
});

/** The address in the side panel, which every page can have beside it. */
function readPanelAddress(search: Record<string, unknown>): { address?: string } {
  const address = textOf(search['address'], 50);
  return address !== undefined && /^[\da-f.:]+(?:\/\d{1,3})?$/i.test(address) ? { address } : {};
}

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  validateSearch: readPanelAddress,
  beforeLoad: async ({ context: { queryClient, caller }, location }) => {
    try {
      await queryClient.query({ ...sessionQuery(caller), staleTime: 'static' });
    } catch (error) {
      if (problemOf(error).status !== 401) throw error;
      const setup = await queryClient.query(setupQuery(caller));
      if (!setup.completed) throw redirect({ to: '/setup' });
      const next = localPath(location.href);
      throw redirect({ to: '/login', search: next === '/' ? {} : { next } });
    }
  },
  component: Shell,
});

const overviewRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  validateSearch: readDashboardView,
  component: lazyRouteComponent(() => import('./overview.tsx'), 'Overview'),
});

const mapRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/map',
  validateSearch: (search): DashboardView & MapView => ({
    ...readDashboardView(search),
    ...readMapView(search),
  }),
  component: lazyRouteComponent(() => import('./map.tsx'), 'MapPage'),
});

const bansRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/bans',
  validateSearch: readBansView,
  component: lazyRouteComponent(() => import('./bans.tsx'), 'Bans'),
});

const jailsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/jails',
  validateSearch: readJailsView,
  component: lazyRouteComponent(() => import('./jails.tsx'), 'Jails'),
});

const jailRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/jails/$name',
  validateSearch: readRangeView,
  component: lazyRouteComponent(() => import('./jail.tsx'), 'Jail'),
});

const configRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/config',
  validateSearch: readConfigView,
  component: lazyRouteComponent(() => import('./configuration.tsx'), 'Configuration'),
});

const blocklistsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/blocklists',
  validateSearch: readBlocklistsView,
  component: lazyRouteComponent(() => import('./blocklists.tsx'), 'Blocklists'),
});

const labRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/lab',
  validateSearch: readLabView,
  component: lazyRouteComponent(() => import('./lab.tsx'), 'Lab'),
});

const logRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/log',
  validateSearch: readLogView,
  component: lazyRouteComponent(() => import('./log.tsx'), 'Log'),
});

const historyRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/history',
  validateSearch: readHistoryView,
  component: lazyRouteComponent(() => import('./history.tsx'), 'History'),
});

const offendersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/offenders',
  validateSearch: readOffendersView,
  component: lazyRouteComponent(() => import('./offenders.tsx'), 'Offenders'),
});

const offenderRangesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/offenders/ranges',
  validateSearch: readOffendersView,
  component: lazyRouteComponent(() => import('./offenders.tsx'), 'OffenderRanges'),
});

const addressRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/address/$ip',
  validateSearch: (search): { event?: string } => {
    const event = textOf(search['event'], 16);
    return event !== undefined && /^\d+$/.test(event) ? { event } : {};
  },
  component: lazyRouteComponent(() => import('./address.tsx'), 'Address'),
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  setupRoute,
  shellRoute.addChildren([
    overviewRoute,
    mapRoute,
    bansRoute,
    historyRoute,
    offendersRoute,
    offenderRangesRoute,
    addressRoute,
    jailsRoute,
    jailRoute,
    configRoute,
    blocklistsRoute,
    labRoute,
    logRoute,
  ]),
]);

export const createPagesRouter = (context: RouterDeps) =>
  createRouter({
    routeTree,
    context,
    parseSearch,
    stringifySearch,
    // what a page does not know, or may not be, leaves the URL
    search: { strict: true },
    defaultPreload: 'intent',
    defaultPendingMs: 500,
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: NotFoundPage,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPagesRouter>;
  }
}
