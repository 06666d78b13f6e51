/** The blocklists: their sources with the chosen run and simulation under them, all runs, the allow-list, the feed. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useQuietRefresh } from '../../../ui/use-quiet-refresh.ts';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import { AllowedTab } from './allowed-tab.tsx';
import { BlocklistsHead } from './blocklists-head.tsx';
import { blocklistsKey, enforcementQuery, sourcesQuery } from './blocklists-query.ts';
import type { BlocklistsView } from './blocklists-view.ts';
import { EnforcementFoot, EnforcementState } from './enforcement-state.tsx';
import { FeedTab } from './feed-tab.tsx';
import { RunsTab } from './runs-tab.tsx';
import { SourcesTab } from './sources-tab.tsx';
import { useDialogs } from './use-dialogs.tsx';
import { useSourceActs } from './use-source-acts.ts';

/** A run says how far it is several times a second. */
const pace = { everyMs: 1000, settleMs: 0 };

export function BlocklistsPage({ view }: { view: BlocklistsView }) {
  const { t } = useTranslation();
  const caller = useCaller();
  const query = useQuery(sourcesQuery(caller));
  const enforcement = useQuery(enforcementQuery(caller)).data;
  const acts = useSourceActs();
  const sources = query.data?.items ?? [];
  const dialogs = useDialogs({ sources, enforcement, acts });
  useQuietRefresh(blocklistsKey, pace);
  useShortcut({ keys: 'a', group: 'act', label: t('lists.add_source'), run: dialogs.add });
  const tab = view.tab ?? 'sources';
  return (
    <div className="page lists">
      <BlocklistsHead
        tab={tab}
        sources={query.data}
        enforcement={enforcement}
        onCatalogue={dialogs.catalogue}
        onAdd={dialogs.add}
      />
      <div className="lists-body">
        {query.error === null ? null : (
          <div className="page-note">
            <ProblemNote
              problem={problemOf(query.error)}
              title={t('lists.failed')}
              acts={<Button onClick={() => void query.refetch()}>{t('ui.try_now')}</Button>}
            />
          </div>
        )}
        {enforcement === undefined || (tab !== 'sources' && enforcement.state === 'absent') ? null : (
          <EnforcementState
            enforcement={enforcement}
            enabled={sources.filter(({ enabled }) => enabled).length}
            onInstall={dialogs.enforcement}
          />
        )}
        {tab === 'runs' ? (
          <RunsTab view={view} sources={sources} />
        ) : tab === 'allowed' ? (
          <AllowedTab />
        ) : tab === 'feed' ? (
          <FeedTab />
        ) : query.data === undefined ? (
          query.isPending ? (
            <p className="page-note quiet">{t('ui.loading')}</p>
          ) : null
        ) : (
          <SourcesTab view={view} sources={sources} acts={acts} dialogs={dialogs} />
        )}
        {enforcement === undefined || tab !== 'sources' ? null : (
          <EnforcementFoot enforcement={enforcement} onChange={dialogs.enforcement} />
        )}
      </div>
      {dialogs.shown}
    </div>
  );
}
