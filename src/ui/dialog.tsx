/** A modal on the browser's own <dialog>: focus stays inside, Esc closes, focus returns to where it was. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './button.tsx';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** The row of acts at the foot. */
  foot?: ReactNode;
  wide?: boolean;
  /** Without head and paddings: its content is all of it, the title is for readers. */
  bare?: boolean;
}

/** Open as long as it is rendered. */
export function Dialog({ title, onClose, children, foot, wide = false, bare = false }: DialogProps) {
  const { t } = useTranslation();
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={`dialog ${wide ? 'dialog-wide' : ''} ${bare ? 'dialog-bare' : ''}`}
      {...(bare ? { 'aria-label': title } : { 'aria-labelledby': heading })}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {bare ? null : (
        <header className="dialog-head">
          <h2 id={heading} className="page-title">
            {title}
          </h2>
          <IconButton label={t('ui.close')} icon={IconX} onClick={onClose} />
        </header>
      )}
      {bare ? children : <div className="dialog-body">{children}</div>}
      {foot === undefined ? null : <footer className="dialog-foot">{foot}</footer>}
    </dialog>
  );
}
