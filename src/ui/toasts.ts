/** The toasts on show, newest last, three at most. */
import type { ReactNode } from 'react';

export interface Toast {
  id: number;
  tone: 'ok' | 'warn' | 'bad';
  title: ReactNode;
  detail?: ReactNode;
  /** Takes back what was done. */
  undo?: () => void;
  seconds: number;
}

export interface Toasts {
  show(toast: Omit<Toast, 'id' | 'seconds'>): void;
  close(id: number): void;
  shown(): readonly Toast[];
  subscribe(listener: () => void): () => void;
}

const most = 3;

export function createToasts(): Toasts {
  const listeners = new Set<() => void>();
  let toasts: readonly Toast[] = [];
  let nextId = 1;
  const set = (next: readonly Toast[]): void => {
    toasts = next;
    for (const listener of listeners) listener();
  };
  return {
    show(toast) {
      set([...toasts, { ...toast, id: nextId++, seconds: 10 }].slice(-most));
    },
    close: (id) => set(toasts.filter((toast) => toast.id !== id)),
    shown: () => toasts,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
