/** The head of the blocklists: what they come to in figures, their tabs, and the way to a new source. */
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { tabs, type BlocklistsView, type Tab } from './blocklists-view.ts';
import type { Enforcement, Sources } from './blocklists-query.ts';

interface BlocklistsHeadProps {
  tab: Tab;
  sources: Sources | undefined;
  enforcement: Enforcement | undefined;
  onCatalogue: () => void;
  onAdd: () => void;
}

export function BlocklistsHead({ tab, sources, enforcement, onCatalogue, onAdd }: BlocklistsHeadProps) {
  const { t } = useTranslation();
  return (
    <header className="page-head lists-head">
      <h1 className="page-title">{t('lists.title')}</h1>
      <span className="page-sub small quiet">
        {sources === undefined ? null : <Figures sources={sources} enforcement={enforcement} />}
      </span>
      <div className="page-acts lists-head-acts">
        <nav className="segments tabs lists-tabs" aria-label={t('lists.tabs')}>
          {tabs.map((each) => {
            const search: BlocklistsView = each === 'sources' ? {} : { tab: each };
            return (
              <Link
                key={each}
                to="/blocklists"
                search={search}
                className="segment"
                activeOptions={{ exact: true }}
                activeProps={{}}
                {...(each === tab ? { 'aria-current': 'page' as const } : {})}
              >
                {t(`lists.tab.${each}`)}
              </Link>
            );
          })}
        </nav>
        <Button onClick={onCatalogue}>{t('lists.catalogue')}</Button>
        <Button kind="primary" icon={IconPlus} onClick={onAdd}>
          {t('lists.add_source')}
        </Button>
      </div>
    </header>
  );
}

function Figures({ sources, enforcement }: { sources: Sources; enforcement: Enforcement | undefined }) {
  const { t } = useTranslation();
  const { items, in_force: force } = sources;
  const known = items.filter(({ hits }) => hits !== null);
  const hits = known.reduce((sum, source) => sum + (source.hits ?? 0), 0);
  const enforced = enforcement?.state === 'installed';
  return [
    t('lists.sources_n', { count: items.length, n: formatCount(items.length) }),
    enforced
      ? t('lists.addresses_in_force', { count: force.v4_addresses, n: formatCount(force.v4_addresses) })
      : enforcement?.state === 'absent'
        ? t('lists.nothing_in_force')
        : null,
    enforced && force.v6_entries > 0
      ? t('lists.v6_in_force', { count: force.v6_entries, n: formatCount(force.v6_entries) })
      : null,
    known.length === 0 ? null : t('lists.hits_n', { count: hits, n: formatCount(hits) }),
  ]
    .filter((part) => part !== null)
    .join(', ');
}
