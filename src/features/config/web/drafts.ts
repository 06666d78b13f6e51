/** Changes that were not applied yet: kept in this browser, one a file, each with what it began from. */

export interface Draft {
  /** The file's ETag when the draft began; null: there was no such file. */
  base: string | null;
  /** Its content then. */
  before: string;
  text: string;
  /** ms since the epoch. */
  savedAt: number;
}

export interface Drafts {
  /** One object as long as nothing changed. */
  get(file: string): Draft | null;
  set(file: string, draft: Draft): void;
  /** A draft of a file that is not there yet. */
  begin(file: string, text: string): void;
  drop(file: string): void;
  /** `kind/name` of each, in alphabetical order; one array as long as nothing changed. */
  files(): readonly string[];
  subscribe(listener: () => void): () => void;
}

const prefix = 'bangui.draft.';

interface DraftsDeps {
  storage: Storage;
  /** Tells of what another tab changed: the key, null for all of them. Answers the way to stop it. */
  listen: (onKey: (key: string | null) => void) => () => void;
}

/** Without room in the browser's storage a draft lives as long as the page. */
export function createDrafts({ storage, listen }: DraftsDeps): Drafts {
  const listeners = new Set<() => void>();
  let drafts = readAll(storage);
  let files = namesOf(drafts);
  const tell = (next: ReadonlyMap<string, Draft>): void => {
    drafts = new Map(next);
    files = namesOf(drafts);
    for (const listener of listeners) listener();
  };
  const onKey = (key: string | null): void => {
    if (key === null || key.startsWith(prefix)) tell(readAll(storage));
  };
  let stop: (() => void) | null = null;
  const set = (file: string, draft: Draft): void => {
    keep(storage, prefix + file, JSON.stringify(draft));
    tell(new Map(drafts).set(file, draft));
  };
  return {
    get: (file) => drafts.get(file) ?? null,
    set,
    begin: (file, text) => set(file, { base: null, before: '', text, savedAt: Date.now() }),
    drop(file) {
      storage.removeItem(prefix + file);
      const rest = new Map(drafts);
      rest.delete(file);
      tell(rest);
    },
    files: () => files,
    subscribe(listener) {
      stop ??= listen(onKey);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = null;
      };
    },
  };
}

const namesOf = (drafts: ReadonlyMap<string, Draft>): string[] => [...drafts.keys()].toSorted();

function keep(storage: Storage, key: string, text: string): void {
  try {
    storage.setItem(key, text);
  } catch {
    // full: an old text under that name would come back as if it were the newest
    storage.removeItem(key);
  }
}

function readAll(storage: Storage): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  for (let at = 0; at < storage.length; at += 1) {
    const key = storage.key(at);
    if (key === null || !key.startsWith(prefix)) continue;
    const draft = parseDraft(storage.getItem(key));
    if (draft !== null) drafts.set(key.slice(prefix.length), draft);
  }
  return drafts;
}

function parseDraft(text: string | null): Draft | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const found: Record<string, unknown> = { ...value };
  const { base, before, text: kept, savedAt } = found;
  if (base !== null && typeof base !== 'string') return null;
  if (typeof before !== 'string' || typeof kept !== 'string' || typeof savedAt !== 'number') return null;
  return { base, before, text: kept, savedAt };
}
