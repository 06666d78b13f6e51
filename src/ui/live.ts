/** The one live stream of the page: opened once, closed while the tab is hidden, opened again when it breaks. */
import { createBatcher } from './batcher.ts';

export interface LiveEvent {
  /**
   * The event's name. Two are made here: `resync` = events may have been missed, read again what is shown; `opened` =
   * the first opening: what was read before it may be from before an event that came just before it.
   */
  type: string;
  data: unknown;
}

export type LiveState =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** Times in ms since the epoch. */
  | { kind: 'broken'; since: number; nextTryAt: number }
  | { kind: 'paused'; since: number };

export interface Live {
  state(): LiveState;
  /** ms since the epoch of the last event or opening; null before the first. */
  heardAt(): number | null;
  subscribe(listener: () => void): () => void;
  start(): void;
  stop(): void;
  /** Shows nothing new until resumed; what was missed is then read at once. */
  pause(): void;
  resume(): void;
  /** Tries at once instead of waiting. */
  tryNow(): void;
}

interface LiveDeps {
  url: string;
  /** Names of the events to hear. */
  types: readonly string[];
  /** At most one call a second in a flood; five while events come one by one. */
  onEvents: (events: LiveEvent[]) => void;
  document: Document;
}

const firstWait = 1000;
const longestWait = 15_000;
/** A ban shall be seen within 300 ms of its event, whatever came just before. */
const pace = { calmMs: 200, floodMs: 1000 };
/** The server says something every five seconds; after so much silence the connection is dead. */
const silenceMs = 20_000;
const beat = 'beat';

/** Does nothing until `start()`. */
export function createLive({ url, types, onEvents, document }: LiveDeps): Live {
  const listeners = new Set<() => void>();
  const batcher = createBatcher({ ...pace, deliver: onEvents });
  let state: LiveState = { kind: 'connecting' };
  let heardAt: number | null = null;
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let watch: ReturnType<typeof setInterval> | null = null;
  let failures = 0;
  let opened = false;

  const set = (next: LiveState): void => {
    state = next;
    for (const listener of listeners) listener();
  };
  const close = (): void => {
    if (timer !== null) clearTimeout(timer);
    if (watch !== null) clearInterval(watch);
    timer = null;
    watch = null;
    source?.close();
    source = null;
  };
  const resync = (): void => batcher.add({ type: 'resync', data: null });

  const open = (): void => {
    close();
    const current = new EventSource(url);
    source = current;
    current.addEventListener('open', () => {
      failures = 0;
      heardAt = Date.now();
      if (opened) resync();
      else batcher.add({ type: 'opened', data: null });
      opened = true;
      set({ kind: 'live' });
    });
    for (const type of [...types, beat]) {
      current.addEventListener(type, (event) => {
        heardAt = Date.now();
        if (type !== beat) batcher.add({ type, data: parse(event) });
        for (const listener of listeners) listener();
      });
    }
    current.addEventListener('error', breakOff);
    const openedAt = Date.now();
    watch = setInterval(() => {
      if (Date.now() - Math.max(heardAt ?? 0, openedAt) > silenceMs) breakOff();
    }, 5000);
  };
  // waiting is ours: a browser tries at one fixed rhythm and gives up for good after an error status
  const breakOff = (): void => {
    close();
    failures += 1;
    const wait = Math.min(firstWait * 2 ** (failures - 1), longestWait);
    const since = state.kind === 'broken' ? state.since : Date.now();
    set({ kind: 'broken', since, nextTryAt: Date.now() + wait });
    // each try also reads the page's figures the ordinary way: the stream alone may be what is broken
    timer = setTimeout(() => {
      resync();
      open();
    }, wait);
  };
  const onVisibility = (): void => {
    if (state.kind === 'paused') return;
    if (document.hidden) {
      close();
      batcher.clear();
    } else if (source === null && timer === null) open();
  };

  return {
    state: () => state,
    heardAt: () => heardAt,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start() {
      document.addEventListener('visibilitychange', onVisibility);
      if (!document.hidden) open();
    },
    stop() {
      document.removeEventListener('visibilitychange', onVisibility);
      close();
      batcher.clear();
    },
    pause() {
      close();
      batcher.clear();
      set({ kind: 'paused', since: Date.now() });
    },
    resume() {
      set({ kind: 'connecting' });
      open();
    },
    tryNow() {
      resync();
      open();
    },
  };
}

function parse(event: Event): unknown {
  if (!('data' in event) || typeof event.data !== 'string' || event.data === '') return null;
  try {
    return JSON.parse(event.data);
  } catch {
    return null;
  }
}
