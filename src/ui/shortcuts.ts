/** The one registry of keys: handlers come and go with what is on the page, and the help sheet is drawn from it. */

export type ShortcutGroup = 'list' | 'act' | 'go';

export interface Shortcut {
  /**
   * `j`, `?`, `Enter`, `Escape`, `Space`, two in a row: `g o`, or with Ctrl (⌘ on a Mac): `Mod k`, which also works in
   * text fields. Matched against `KeyboardEvent.key`.
   */
  keys: string;
  group: ShortcutGroup;
  /** What it does, in words. */
  label: string;
  /** Answers false to let the key through. */
  run: () => boolean | void;
}

export interface Shortcuts {
  /** Later ones win over earlier ones with the same keys. Returns the way to take it away. */
  add(shortcut: Shortcut): () => void;
  /** In the order of adding, one per key. */
  list(): readonly Shortcut[];
  listen(target: Document): () => void;
}

const sequenceMs = 1200;

export function createShortcuts(now: () => number = () => Date.now()): Shortcuts {
  const entries: Shortcut[] = [];
  let first: { key: string; at: number } | null = null;

  const find = (keys: string): Shortcut[] => entries.filter((entry) => entry.keys === keys).reverse();
  const onKey = (event: KeyboardEvent): void => {
    const target = targetOf(event);
    if (isModified(event) && target !== null && target.closest('dialog') === null) {
      const found = find(`Mod ${event.key.toLowerCase()}`);
      if (found.some((entry) => entry.run() !== false)) event.preventDefault();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (target !== null && isTaken(event, target)) return;
    const key = event.key === ' ' ? 'Space' : event.key;
    const sequence = first !== null && now() - first.at < sequenceMs ? `${first.key} ${key}` : null;
    first = null;
    const candidates = [...(sequence === null ? [] : find(sequence)), ...find(key)];
    if (candidates.length === 0) {
      if (entries.some((entry) => entry.keys.startsWith(`${key} `))) first = { key, at: now() };
      return;
    }
    for (const candidate of candidates) {
      if (candidate.run() === false) continue;
      event.preventDefault();
      return;
    }
  };
  return {
    add(shortcut) {
      entries.push(shortcut);
      return () => void entries.splice(entries.indexOf(shortcut), 1);
    },
    list: () => [...new Map(entries.map((entry) => [entry.keys, entry])).values()],
    listen(target) {
      target.addEventListener('keydown', onKey);
      return () => target.removeEventListener('keydown', onKey);
    },
  };
}

const isModified = (event: KeyboardEvent): boolean =>
  (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && !event.isComposing;

/** Where it was pressed, also inside an element that keeps its content to itself, as the editor does. */
function targetOf(event: KeyboardEvent): HTMLElement | null {
  const [target] = event.composedPath();
  return target instanceof HTMLElement ? target : null;
}

/** Keys are never stolen from text fields, menus and dialogs, nor Enter and Space from a control that has focus. */
function isTaken(event: KeyboardEvent, target: HTMLElement): boolean {
  if (target.closest('dialog, [popover], textarea, select, [contenteditable]') !== null) return true;
  const input = target.closest('input');
  if (input !== null && input.type !== 'checkbox' && input.type !== 'radio') return true;
  const acts = event.key === 'Enter' || event.key === ' ';
  return acts && target.closest('button, a, input, summary') !== null;
}
