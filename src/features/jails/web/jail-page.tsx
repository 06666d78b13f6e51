/** The page of one jail: how it does, what it did, what it runs with, whom it ignores. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { useActs } from '../../../ui/page-context.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { IgnoreList } from './ignore-list.tsx';
import { JailButtons } from './jail-buttons.tsx';
import { JailFigures, JailRule } from './jail-facts.tsx';
import { HealthNotes, HealthWord } from './jail-health.tsx';
import { Configured, JailRuntime, LogPaths } from './jail-runtime.tsx';
import { JailState } from './jail-state.tsx';
import { jailQuery } from './jails-query.ts';

interface JailPageProps {
  name: string;
  /** Its bans over time. */
  trend: ReactNode;
  /** Links to where its configuration can be changed. */
  links: ReactNode;
  onBan: () => void;
  onUnban: (entry: string, jails: readonly string[]) => Promise<void>;
}

export function JailPage({ name, trend, links, onBan, onUnban }: JailPageProps) {
  const { t } = useTranslation();
  const { off } = useActs();
  const { data: jail, error, refetch } = useQuery(jailQuery(useCaller(), name));
  const runs = jail !== undefined && jail.ban_seconds !== null;
  return (
    <div className="page address-page jail-page">
      <header className="page-head">
        <h1 className="page-title panel-name">{name}</h1>
        {jail === undefined ? null : (
          <>
            <JailState state={jail.state} />
            <HealthWord jail={jail} />
            <div className="page-acts">
              <div className="panel-acts">
                {runs ? (
                  <Button disabled={off !== null} onClick={onBan}>
                    {t('jails.ban_in', { jail: name })}
                  </Button>
                ) : null}
                <JailButtons jail={jail} />
              </div>
            </div>
          </>
        )}
      </header>
      {error === null ? null : (
        <div className="page-note">
          <ProblemNote
            problem={problemOf(error)}
            title={t('jails.one_failed')}
            acts={<Button onClick={() => void refetch()}>{t('ui.retry')}</Button>}
          />
        </div>
      )}
      {jail === undefined ? (
        error === null ? (
          <p className="page-note quiet">{t('ui.loading')}</p>
        ) : null
      ) : (
        <div className="address-columns">
          <div>
            <section className="panel-part" aria-label={t('jails.now')}>
              <HealthNotes jail={jail} />
              <JailRule jail={jail} />
              <JailFigures jail={jail} />
              <p className="jail-links">
                <Link to="/bans" search={{ jail: name }}>
                  {t('jails.see_bans')}
                </Link>
                <Link to="/history" search={{ jail: name }}>
                  {t('jails.see_history')}
                </Link>
                {links}
              </p>
            </section>
            <LogPaths jail={jail} />
            {runs ? <IgnoreList jail={name} onUnban={onUnban} /> : null}
          </div>
          <div>
            {trend}
            <JailRuntime jail={jail} />
            <Configured jail={jail} />
          </div>
        </div>
      )}
    </div>
  );
}
