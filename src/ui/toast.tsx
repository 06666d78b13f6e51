/** What was done, at the bottom right, with a way back for ten seconds. */
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import IconCircleXFilled from '@tabler/icons-react/dist/esm/icons/IconCircleXFilled.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from './button.tsx';
import { Icon } from './icon.tsx';
import { useShortcut } from './use-shortcut.ts';
import type { Toast, Toasts } from './toasts.ts';

const shapes = { ok: IconCircleCheckFilled, warn: IconAlertTriangle, bad: IconCircleXFilled } as const;

export const ToastsContext = createContext<Toasts | null>(null);

export function useToasts(): Toasts {
  const toasts = useContext(ToastsContext);
  if (toasts === null) throw new Error('no toasts above this component');
  return toasts;
}

export function ToastStack() {
  const { t } = useTranslation();
  const toasts = useToasts();
  const shown = useSyncExternalStore(toasts.subscribe, toasts.shown);
  const undo = (): boolean => {
    const last = shown.findLast((toast) => toast.undo !== undefined);
    if (last === undefined) return false;
    toasts.close(last.id);
    last.undo?.();
    return true;
  };
  useShortcut({ keys: 'z', group: 'act', label: t('shortcuts.undo'), run: undo });
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((toast) => (
        <ToastView key={toast.id} toast={toast} onClose={() => toasts.close(toast.id)} />
      ))}
    </div>
  );
}

function ToastView({ toast, onClose }: { toast: Toast; onClose: () => void }) {
  const { t } = useTranslation();
  const [left, setLeft] = useState(toast.seconds);
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return undefined;
    const timer = setInterval(() => setLeft((seconds) => seconds - 1), 1000);
    return () => clearInterval(timer);
  }, [held]);
  useEffect(() => {
    if (left <= 0) onClose();
  }, [left, onClose]);
  const { undo } = toast;
  return (
    <div className="toast" onMouseEnter={() => setHeld(true)} onMouseLeave={() => setHeld(false)}>
      <Icon of={shapes[toast.tone]} tone={toast.tone} />
      <div className="toast-text">
        <div className="strong-word">{toast.title}</div>
        {toast.detail === undefined ? null : <div className="small soft">{toast.detail}</div>}
      </div>
      {undo === undefined ? null : (
        <Button
          onClick={() => {
            onClose();
            undo();
          }}
        >
          {t('ui.undo')}{' '}
          <span className="quiet" aria-hidden>
            {t('ui.seconds', { count: left })}
          </span>
        </Button>
      )}
      <IconButton label={t('ui.close')} icon={IconX} onClick={onClose} />
      {undo === undefined ? null : (
        <progress className="toast-line" max={toast.seconds} value={left} aria-hidden />
      )}
    </div>
  );
}
