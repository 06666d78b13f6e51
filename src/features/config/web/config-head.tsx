/** The head of the configuration: its tabs, and at the right what is to be done with the open draft. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { tabs, type ConfigView, type Tab } from './config-view.ts';

export function ConfigHead({ tab, acts }: { tab: Tab; acts?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <header className="page-head config-head">
      <h1 className="page-title">{t('config.title')}</h1>
      <nav className="segments tabs config-tabs" aria-label={t('config.tabs')}>
        {tabs.map((each) => {
          const search: ConfigView = each === 'jails' ? {} : { tab: each };
          return (
            <Link
              key={each}
              to="/config"
              search={search}
              className="segment"
              activeOptions={{ exact: true }}
              activeProps={{}}
              {...(each === tab ? { 'aria-current': 'page' as const } : {})}
            >
              {t(`config.tab.${each}`)}
            </Link>
          );
        })}
      </nav>
      <div className="page-acts config-acts">{acts}</div>
    </header>
  );
}
