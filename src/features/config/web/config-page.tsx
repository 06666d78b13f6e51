/** The configuration: list, file, steps; or the server; or what every jail's options come to. */
import { useState, type ReactNode } from 'react';
import type { Confirm } from './confirm-dialog.tsx';
import { ConfigHead } from './config-head.tsx';
import type { ConfigView } from './config-view.ts';
import type { OfferReplay } from './draft-replays.tsx';
import { createDrafts } from './drafts.ts';
import { EffectiveTab } from './effective-tab.tsx';
import { DraftsContext } from './use-drafts.ts';
import { Workbench } from './workbench.tsx';

interface ConfigPageProps {
  view: ConfigView;
  /** Types the password in again; null when it was right. */
  confirm: Confirm;
  /** The settings of the running server. */
  server: ReactNode;
  offerReplay: OfferReplay;
}

export function ConfigPage({ view, confirm, server, offerReplay }: ConfigPageProps) {
  const [drafts] = useState(() => createDrafts({ storage: localStorage, listen }));
  const tab = view.tab ?? 'jails';
  return (
    <DraftsContext value={drafts}>
      {tab === 'effective' ? (
        <div className="page">
          <ConfigHead tab={tab} />
          <EffectiveTab view={view} />
        </div>
      ) : (
        <Workbench
          key={tab}
          tab={tab}
          view={view}
          confirm={confirm}
          server={server}
          offerReplay={offerReplay}
        />
      )}
    </DraftsContext>
  );
}

/** Other tabs of this browser keep their drafts in the same place. */
function listen(onKey: (key: string | null) => void): () => void {
  const onStorage = (event: StorageEvent): void => onKey(event.key);
  window.addEventListener('storage', onStorage);
  return () => window.removeEventListener('storage', onStorage);
}
