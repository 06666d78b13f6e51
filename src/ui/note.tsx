/** A sentence that matters, with an icon of its own shape: for information, to look at, or failed. */
import IconAlertOctagon from '@tabler/icons-react/dist/esm/icons/IconAlertOctagon.mjs';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconInfoCircle from '@tabler/icons-react/dist/esm/icons/IconInfoCircle.mjs';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

const shapes = { info: IconInfoCircle, warn: IconAlertTriangle, bad: IconAlertOctagon } as const;
const tones = { info: 'accent', warn: 'warn', bad: 'bad' } as const;

interface NoteProps {
  kind: keyof typeof shapes;
  children: ReactNode;
  /** Buttons at the end of the line. */
  acts?: ReactNode;
  /** Read out at once: for outcomes of something just done. */
  announce?: boolean;
}

export function Note({ kind, children, acts, announce = false }: NoteProps) {
  return (
    <div className={`note note-${kind}`} {...(announce ? { role: 'alert' } : {})}>
      <Icon of={shapes[kind]} tone={tones[kind]} />
      <div className="note-text">{children}</div>
      {acts === undefined ? null : <div className="note-acts">{acts}</div>}
    </div>
  );
}
