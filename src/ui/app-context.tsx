/** The page's own services, made once in `web/main.tsx`. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Caller } from './call.ts';
import type { Live, LiveState } from './live.ts';

export interface Services {
  caller: Caller;
  live: Live;
}

export const ServicesContext = createContext<Services | null>(null);

function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error('no services above this component');
  return services;
}

export const useCaller = (): Caller => useServices().caller;

export const useLive = (): Live => useServices().live;

export function useLiveState(): LiveState {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, live.state);
}

/** ms since the epoch at which the stream last said something. */
export function useHeardAt(): number | null {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, live.heardAt);
}
