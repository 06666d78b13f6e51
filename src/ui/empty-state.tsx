/** Why there is nothing here: nothing yet, nothing matches, switched off, or not readable. Left-aligned, one act. */
import IconCircleDashed from '@tabler/icons-react/dist/esm/icons/IconCircleDashed.mjs';
import IconFilterOff from '@tabler/icons-react/dist/esm/icons/IconFilterOff.mjs';
import IconPlugConnectedX from '@tabler/icons-react/dist/esm/icons/IconPlugConnectedX.mjs';
import IconToggleLeft from '@tabler/icons-react/dist/esm/icons/IconToggleLeft.mjs';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

const shapes = {
  'nothing-yet': IconCircleDashed,
  'nothing-matches': IconFilterOff,
  'switched-off': IconToggleLeft,
  unreachable: IconPlugConnectedX,
} as const;

export type EmptyKind = keyof typeof shapes;

interface EmptyStateProps {
  kind: EmptyKind;
  title: string;
  /** What is known, in numbers. */
  children: ReactNode;
  act?: ReactNode;
  /** One line under the act: what happens by itself. */
  foot?: ReactNode;
}

export function EmptyState({ kind, title, children, act, foot }: EmptyStateProps) {
  return (
    <section className="empty" data-empty={kind} aria-label={title}>
      <Icon of={shapes[kind]} size={24} tone="quiet" />
      <h2 className="section-title">{title}</h2>
      <div className="empty-text soft">{children}</div>
      {act === undefined ? null : <div className="empty-act">{act}</div>}
      {foot === undefined ? null : <div className="small quiet">{foot}</div>}
    </section>
  );
}
