/** One menu for all the values of a table: opened at the value that was clicked, filled for that value. */
import { useCallback, useRef, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';

export interface ValueMenuItem {
  key: string;
  content: ReactNode;
  onSelect: () => void;
}

interface ValueMenu {
  /** Rendered once, beside the table. */
  menu: ReactNode;
  open: (anchor: HTMLElement, label: string, items: readonly ValueMenuItem[]) => void;
}

export function useValueMenu(): ValueMenu {
  const list = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<{ label: string; items: readonly ValueMenuItem[] }>({
    label: '',
    items: [],
  });
  const opener = useRef<HTMLElement | null>(null);
  const open = useCallback<ValueMenu['open']>((anchor, label, items) => {
    const element = list.current;
    if (element === null) return;
    opener.current = anchor;
    flushSync(() => setShown({ label, items }));
    element.showPopover();
    const box = anchor.getBoundingClientRect();
    const below = box.bottom + 4;
    element.style.left = `${Math.max(8, Math.min(box.left, innerWidth - element.offsetWidth - 8))}px`;
    element.style.top = `${below + element.offsetHeight > innerHeight ? Math.max(8, box.top - element.offsetHeight - 4) : below}px`;
    element.querySelector('button')?.focus();
  }, []);
  const move = (event: React.KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = buttons.findIndex((item) => item === document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  const menu = (
    <div
      ref={list}
      popover="auto"
      role="menu"
      aria-label={shown.label}
      className="menu"
      onKeyDown={move}
      onToggle={(event) => {
        if (event.newState === 'closed' && document.activeElement === document.body) opener.current?.focus();
      }}
    >
      {shown.items.map((item) => (
        <button
          key={item.key}
          type="button"
          role="menuitem"
          className="menu-item"
          onClick={() => {
            list.current?.hidePopover();
            item.onSelect();
          }}
        >
          {item.content}
        </button>
      ))}
    </div>
  );
  return { menu, open };
}
