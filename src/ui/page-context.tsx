/** What every page may ask of the shell without knowing it: times in the operator's zone, and whether acts are on. */
import { createContext, useContext } from 'react';
import { createTimes, type Times } from './times.ts';

export interface Acts {
  /** Why nothing can be done now, e.g. "Off while fail2ban is unreachable"; null when acts are on. */
  off: string | null;
}

export const ActsContext = createContext<Acts>({ off: null });
export const useActs = (): Acts => useContext(ActsContext);

export const TimesContext = createContext<Times>(createTimes('UTC'));
export const useTimes = (): Times => useContext(TimesContext);
