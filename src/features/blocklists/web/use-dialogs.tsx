/** The dialogs of the blocklists: at most one is open. */
import { useState, type ReactNode } from 'react';
import type { Enforcement, Source } from './blocklists-query.ts';
import { CatalogueDialog } from './catalogue-dialog.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { EnforcementDialog } from './enforcement-dialog.tsx';
import { PreviewDialog } from './preview-dialog.tsx';
import { SourceDialog } from './source-dialog.tsx';
import type { SourceDialogs } from './source-row.tsx';
import type { SourceActs } from './use-source-acts.ts';

type Open =
  | { kind: 'add' | 'catalogue' | 'enforcement' }
  | { kind: 'edit' | 'preview' | 'remove'; source: Source }
  | null;

export interface Dialogs extends SourceDialogs {
  add: () => void;
  catalogue: () => void;
  enforcement: () => void;
  shown: ReactNode;
}

interface DialogsInput {
  sources: readonly Source[];
  enforcement: Enforcement | undefined;
  acts: SourceActs;
}

export function useDialogs({ sources, enforcement, acts }: DialogsInput): Dialogs {
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  const about = (kind: 'edit' | 'preview' | 'remove') => (source: Source) => setOpen({ kind, source });
  const show = (): ReactNode => {
    switch (open?.kind) {
      case undefined:
        return null;
      case 'add':
        return <SourceDialog source={null} acts={acts} onClose={close} />;
      case 'catalogue':
        return <CatalogueDialog sources={sources} onOwn={() => setOpen({ kind: 'add' })} onClose={close} />;
      case 'enforcement':
        return enforcement === undefined ? null : (
          <EnforcementDialog enforcement={enforcement} onClose={close} />
        );
      case 'edit':
        return <SourceDialog source={open.source} acts={acts} onClose={close} />;
      case 'preview':
        return <PreviewDialog source={newest(sources, open.source)} onClose={close} />;
      case 'remove':
        return <DeleteDialog source={open.source} acts={acts} onClose={close} />;
    }
  };
  return {
    add: () => setOpen({ kind: 'add' }),
    catalogue: () => setOpen({ kind: 'catalogue' }),
    enforcement: () => setOpen({ kind: 'enforcement' }),
    edit: about('edit'),
    preview: about('preview'),
    remove: about('remove'),
    shown: show(),
  };
}

const newest = (sources: readonly Source[], source: Source): Source =>
  sources.find(({ id }) => id === source.id) ?? source;
