/** What a list would do: how much of it is new, whom it would have stopped, whom it would lock out. One act follows. */
import IconFlask from '@tabler/icons-react/dist/esm/icons/IconFlask.mjs';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { simulationQuery, type Simulation, type Source } from './blocklists-query.ts';
import { isOpen } from './run-progress.ts';
import { SimulationFacts, Overlaps } from './simulation-facts.tsx';
import { SimulationNotes } from './simulation-notes.tsx';
import type { SourceActs } from './use-source-acts.ts';

interface SimulationPanelProps {
  source: Source;
  acts: SourceActs;
  onEdit: () => void;
}

export function SimulationPanel({ source, acts, onEdit }: SimulationPanelProps) {
  const { t } = useTranslation();
  const query = useQuery(simulationQuery(useCaller(), source.id));
  const { data: found, error } = query;
  const busy = source.last_run !== null && isOpen(source.last_run);
  const again = (): void => void acts.simulate(source);
  return (
    <section className="lists-pane lists-pane-second" aria-labelledby="simulation-title">
      <header className="lists-pane-head">
        <h2 id="simulation-title" className="section-title">
          {t('lists.simulation')}
        </h2>
        <span className="lists-pane-sub small soft">
          <LogText text={source.name} />
          {found === undefined || found === null ? null : <At at={Date.parse(found.at)} />}
        </span>
        <span className="lists-pane-acts">
          <span className="badge" title={t('lists.trial_about')}>
            <Icon of={IconFlask} size={14} /> {t('lists.trial')}
          </span>
        </span>
      </header>
      {error === null ? null : (
        <ProblemNote problem={problemOf(error)} title={t('lists.simulation_unread')} />
      )}
      {found === undefined && error === null ? <p className="quiet">{t('ui.loading')}</p> : null}
      {found === null ? (
        <EmptyState
          kind="nothing-yet"
          title={t('lists.never_simulated')}
          act={
            <>
              <Button disabled={busy} icon={IconFlask} onClick={again}>
                {t('lists.simulate')}
              </Button>
              <Button kind="ghost" onClick={onEdit}>
                {t('lists.change_source')}
              </Button>
            </>
          }
        >
          {t(busy ? 'lists.simulation_after_run' : 'lists.never_simulated_text')}
        </EmptyState>
      ) : null}
      {found === undefined || found === null ? null : (
        <>
          <Share found={found} />
          <SimulationFacts found={found} />
          <Overlaps found={found} />
          <SimulationNotes found={found} />
          <div className="lists-acts">
            {source.enabled ? null : (
              <Button kind="primary" disabled={busy} onClick={() => void acts.enable(source, true)}>
                {t('lists.switch_on', { n: formatCount(found.only_here) })}
              </Button>
            )}
            <Button disabled={busy} onClick={again}>
              {t('lists.simulate_again')}
            </Button>
            <Button kind="ghost" onClick={onEdit}>
              {t('lists.change_source')}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

function At({ at }: { at: number }): ReactNode {
  const { t } = useTranslation();
  const times = useTimes();
  return `, ${t('lists.nothing_banned', { time: times.exact(at, useNow(60_000)) })}`;
}

function Share({ found }: { found: Simulation }) {
  const { t } = useTranslation();
  const { only_here: here, elsewhere, entries } = found;
  const percent = entries === 0 ? 0 : (here / entries) * 100;
  return (
    <div className="lists-count">
      <div className="lists-count-line">
        <span className="lists-figure">{formatCount(here)}</span>
        <span className="soft">{t('lists.only_here', { n: formatCount(entries) })}</span>
      </div>
      <div className="lists-share" aria-hidden>
        <span className="lists-share-new" style={{ width: `${percent}%` }} />
        <span className="lists-share-other" />
      </div>
      <ul className="lists-legend small soft">
        <li>
          <span className="lists-swatch lists-share-new" /> {t('lists.legend_new', { n: formatCount(here) })}
        </li>
        <li>
          <span className="lists-swatch lists-share-other" />{' '}
          {t('lists.legend_other', { n: formatCount(elsewhere) })}
        </li>
      </ul>
    </div>
  );
}
