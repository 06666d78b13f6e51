/** A small list of choices that opens under its button; the browser's own popover closes it on Esc and outside clicks. */
import { useId, useRef, type ReactNode } from 'react';

interface MenuProps {
  /** Content of the button that opens it. */
  button: ReactNode;
  buttonClass: string;
  /** Names the list for readers; the button is named by its own content. */
  label: string;
  items: readonly { key: string; content: ReactNode; checked?: boolean; onSelect: () => void }[];
}

export function Menu({ button, buttonClass, label, items }: MenuProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const place = (): void => {
    const box = opener.current?.getBoundingClientRect();
    if (box === undefined || list.current === null) return;
    const width = list.current.offsetWidth;
    const height = list.current.offsetHeight;
    const below = box.bottom + 4;
    list.current.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
    list.current.style.top = `${below + height > innerHeight ? Math.max(8, box.top - height - 4) : below}px`;
    list.current.querySelector('button')?.focus();
  };
  const move = (event: React.KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = buttons.findIndex((item) => item === document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    <>
      <button ref={opener} type="button" className={buttonClass} popoverTarget={id} aria-haspopup="menu">
        {button}
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        className="menu"
        onToggle={(event) => event.newState === 'open' && place()}
        onKeyDown={move}
      >
        {items.map((item) => (
          <button
            key={item.key}
            type="button"
            className="menu-item"
            {...(item.checked === undefined
              ? { role: 'menuitem' }
              : { role: 'menuitemradio', 'aria-checked': item.checked })}
            onClick={() => {
              list.current?.hidePopover();
              item.onSelect();
            }}
          >
            {item.content}
          </button>
        ))}
      </div>
    </>
  );
}
