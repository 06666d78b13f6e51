/** Ties a shortcut to the life of a component. */
import { createContext, useContext, useEffect, useRef } from 'react';
import type { Shortcut, Shortcuts } from './shortcuts.ts';

export const ShortcutsContext = createContext<Shortcuts | null>(null);

export function useShortcuts(): Shortcuts {
  const shortcuts = useContext(ShortcutsContext);
  if (shortcuts === null) throw new Error('no shortcut registry above this component');
  return shortcuts;
}

/** `run` may change at every render without being registered anew. */
export function useShortcut({ keys, group, label, run }: Shortcut, enabled = true): void {
  const shortcuts = useShortcuts();
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(
    () => (enabled ? shortcuts.add({ keys, group, label, run: () => latest.current() }) : undefined),
    [shortcuts, keys, group, label, enabled],
  );
}
