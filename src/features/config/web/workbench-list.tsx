/** The list at the left of a workbench, with the way to something new. */
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ConfigList } from './config-list.tsx';
import { configJailsQuery, filesQuery, type Finding } from './config-query.ts';
import { kindOfTab, type ConfigView, type Tab } from './config-view.ts';
import { definitionGroups, jailGroups, serverGroups, type ListGroup } from './list-rows.ts';
import { NewFileDialog } from './new-file-dialog.tsx';
import { useDraftFiles } from './use-drafts.ts';

interface WorkbenchListProps {
  tab: Exclude<Tab, 'effective'>;
  view: ConfigView;
  /** Of what is open. */
  findings: readonly Finding[];
}

export function WorkbenchList({ tab, view, findings }: WorkbenchListProps) {
  const { t } = useTranslation();
  const caller = useCaller();
  const kind = kindOfTab[tab];
  const jails = useQuery({ ...configJailsQuery(caller), enabled: tab === 'jails' });
  const files = useQuery(filesQuery(caller, kind));
  const drafts = useDraftFiles();
  const [making, setMaking] = useState(false);
  const error = jails.error ?? files.error;
  const readOnly = files.data?.read_only ?? null;
  const groups = useGroups({
    tab,
    jails: jails.data?.items ?? [],
    files: files.data?.items ?? [],
    drafts,
    findings,
  });
  const waits = files.data === undefined || (tab === 'jails' && jails.data === undefined);
  const again = (
    <Button
      onClick={() => {
        if (tab === 'jails') void jails.refetch();
        void files.refetch();
      }}
    >
      {t('ui.try_now')}
    </Button>
  );
  return (
    <>
      <ConfigList
        label={t(`config.tab.${tab}`)}
        groups={groups}
        open={openKey(tab, view)}
        placeholder={t(tab === 'jails' ? 'config.search_jails' : 'config.search_files')}
        acts={
          tab === 'server' || readOnly !== null ? undefined : (
            <Button icon={IconPlus} onClick={() => setMaking(true)}>
              {t(`config.new_${kindOfTab[tab]}`)}
            </Button>
          )
        }
        empty={
          error !== null ? (
            <div className="config-none">
              <ProblemNote problem={problemOf(error)} title={t('config.unread')} acts={again} />
            </div>
          ) : waits ? (
            <p className="config-none quiet">{t('ui.loading')}</p>
          ) : (
            <EmptyState kind="nothing-yet" title={t('config.nothing_title')}>
              {t('config.nothing_text')}
            </EmptyState>
          )
        }
      />
      {making && tab !== 'server' ? (
        <NewFileDialog
          kind={tab === 'jails' ? 'jail' : tab === 'filters' ? 'filter' : 'action'}
          taken={(files.data?.items ?? []).map((file) => file.name)}
          onClose={() => setMaking(false)}
        />
      ) : null}
    </>
  );
}

function openKey(tab: Tab, view: ConfigView): string | null {
  if (view.file === undefined) return view.jail === undefined ? null : `jail:${view.jail}`;
  if (tab === 'jails' || tab === 'server') return view.file;
  const [kind = '', name = ''] = view.file.split('/');
  return `${kind}:${name.replace(/\.(?:conf|local)$/, '')}`;
}

interface GroupsInput {
  tab: Exclude<Tab, 'effective'>;
  jails: Parameters<typeof jailGroups>[0]['jails'];
  files: Parameters<typeof jailGroups>[0]['files'];
  drafts: readonly string[];
  findings: readonly Finding[];
}

function useGroups({ tab, jails, files, drafts, findings }: GroupsInput): ListGroup[] {
  const { t } = useTranslation();
  const words = { files: t('config.files'), readOnly: t('config.shipped') };
  if (tab === 'jails') {
    return jailGroups({
      jails,
      files,
      drafts,
      found: findings,
      words: { ...words, active: t('config.active'), off: t('config.available') },
    });
  }
  if (tab === 'server') return serverGroups({ files, drafts, words });
  return definitionGroups({
    kind: tab === 'filters' ? 'filter' : 'action',
    tab,
    files,
    drafts,
    words: {
      used: t('config.in_use'),
      unused: t('config.not_in_use'),
      usedBy: (count) => t('config.used_by', { count, n: formatCount(count) }),
    },
  });
}
