/** The drafts of this browser, for every part of the page. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Draft, Drafts } from './drafts.ts';

export const DraftsContext = createContext<Drafts | null>(null);

export function useDrafts(): Drafts {
  const drafts = useContext(DraftsContext);
  if (drafts === null) throw new Error('no drafts above this component');
  return drafts;
}

export function useDraft(file: string | null): Draft | null {
  const drafts = useDrafts();
  return useSyncExternalStore(drafts.subscribe, () => (file === null ? null : drafts.get(file)));
}

export function useDraftFiles(): readonly string[] {
  const drafts = useDrafts();
  return useSyncExternalStore(drafts.subscribe, drafts.files);
}
