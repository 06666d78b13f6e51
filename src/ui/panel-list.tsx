/**
 * Where the address in the side panel stands in the list it was opened from: a page says so, the panel, which is the
 * shell's, offers previous, next and the way back.
 */
import {
  createContext,
  use,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';

export interface PanelPlace {
  /** Place of the open row from 1 on, and rows in all; null when it is not among those read. */
  place: { at: number; total: number } | null;
  onMove: (step: 1 | -1) => void;
  /** Closes the panel and returns to the row. */
  onClose: () => void;
  /** The one ban that was opened, as an id of the history. */
  event?: string | undefined;
  /** The jail of the row that was opened. */
  jail?: string | undefined;
  /** Something about the row that belongs above the facts. */
  note?: ReactNode;
  /** The page itself answers the key for unbanning. */
  unbans?: boolean;
}

interface PlaceStore {
  get: () => PanelPlace | null;
  set: (place: PanelPlace | null) => void;
  subscribe: (listener: () => void) => () => void;
}

const PlaceContext = createContext<PlaceStore | null>(null);

export function PanelListProvider({ children }: { children: ReactNode }) {
  const [store] = useState(createStore);
  return <PlaceContext value={store}>{children}</PlaceContext>;
}

/** What the page behind the panel says of the open row; null on a page without a list. */
export function usePanelPlace(): PanelPlace | null {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, store.get);
}

/** For the page: `place` null while no row of it is open. */
export function useTellPanel(place: PanelPlace | null): void {
  const store = useStore();
  const latest = useRef(place);
  useEffect(() => {
    latest.current = place;
  });
  // the panel is drawn anew when what it shows differs, not with every render of the page
  const { at, total } = place?.place ?? { at: null, total: null };
  const open = place !== null;
  const { event, jail, note, unbans } = place ?? {};
  const told = useMemo<PanelPlace | null>(() => {
    if (!open) return null;
    return {
      place: at === null ? null : { at, total },
      onMove: (step) => latest.current?.onMove(step),
      onClose: () => latest.current?.onClose(),
      event,
      jail,
      note,
      unbans: unbans ?? false,
    };
  }, [open, at, total, event, jail, note, unbans]);
  useEffect(() => {
    store.set(told);
    return () => store.set(null);
  }, [store, told]);
}

function useStore(): PlaceStore {
  const store = use(PlaceContext);
  if (store === null) throw new Error('no panel list above this component');
  return store;
}

function createStore(): PlaceStore {
  const listeners = new Set<() => void>();
  let current: PanelPlace | null = null;
  return {
    get: () => current,
    set(place) {
      if (place === current) return;
      current = place;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
