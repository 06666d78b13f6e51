/** Buttons: one primary a view, the rest outline, ghost for third choice; the shortcut key sits inside. */
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Icon, type IconShape } from './icon.tsx';
import { Key } from './key.tsx';

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'>;

interface ButtonProps extends Native {
  children: ReactNode;
  kind?: 'primary' | 'outline' | 'ghost' | 'danger' | 'ink';
  size?: 'usual' | 'large';
  icon?: IconShape;
  shortcut?: string;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  children,
  kind = 'outline',
  size = 'usual',
  icon,
  shortcut,
  ...native
}: ButtonProps) {
  return (
    <button
      type="button"
      {...native}
      className={`button button-${kind} button-${size} ${native.className ?? ''}`}
    >
      {icon === undefined ? null : <Icon of={icon} />}
      <span>{children}</span>
      {shortcut === undefined ? null : <Key name={shortcut} />}
    </button>
  );
}

interface IconButtonProps extends Native {
  /** What a reader hears, also the tooltip. */
  label: string;
  icon: IconShape;
}

export function IconButton({ label, icon, ...native }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...native}
      aria-label={label}
      className={`icon-button ${native.className ?? ''}`}
    >
      <Icon of={icon} />
    </button>
  );
}
