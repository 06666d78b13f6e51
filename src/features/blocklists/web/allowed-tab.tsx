/** Whom no list may block: entries of people, with reason and end, and what is left out by itself. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { IconButton } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { EntryForm } from '../../../ui/entry-form.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { allowedQuery, type Allowed } from './blocklists-query.ts';
import { useAllowActs } from './use-allow-acts.ts';

export function AllowedTab() {
  const { t } = useTranslation();
  const { data, error } = useQuery(allowedQuery(useCaller()));
  const acts = useAllowActs();
  return (
    <div className="lists-panes">
      <section className="lists-pane" aria-labelledby="allowed-title">
        <header className="lists-pane-head">
          <h2 id="allowed-title" className="section-title">
            {t('lists.allow_list')}
          </h2>
          <span className="lists-pane-sub small soft">{t('lists.allow_about')}</span>
        </header>
        <EntryForm onAdd={acts.add} act={t('lists.allow_act')} failed={t('lists.allow_failed')} />
        {error === null ? null : <ProblemNote problem={problemOf(error)} title={t('lists.allow_unread')} />}
        {data === undefined && error === null ? <p className="quiet">{t('ui.loading')}</p> : null}
        {data?.items.length === 0 ? (
          <EmptyState kind="nothing-yet" title={t('lists.allow_none')}>
            {t('lists.allow_none_text')}
          </EmptyState>
        ) : null}
        <ul className="lists-rows">
          {(data?.items ?? []).map((item) => (
            <AllowedRow key={item.id} item={item} onRemove={() => void acts.remove(item)} />
          ))}
        </ul>
      </section>
      <section className="lists-pane lists-pane-second" aria-labelledby="standing-title">
        <header className="lists-pane-head">
          <h2 id="standing-title" className="section-title">
            {t('lists.standing')}
          </h2>
          <span className="lists-pane-sub small soft">{t('lists.standing_about')}</span>
        </header>
        <ul className="lists-rows">
          {(data?.standing ?? []).map(({ entry, why, detail }) => (
            <li key={`${why} ${entry} ${detail}`} className="lists-standing">
              <span className="mono">{entry}</span>
              <span className="small soft">
                {detail === '' ? t(`lists.why.${why}`) : <LogText text={detail} most={160} />}
              </span>
            </li>
          ))}
        </ul>
        {data?.standing.length === 0 ? <p className="small quiet">{t('lists.standing_none')}</p> : null}
      </section>
    </div>
  );
}

function AllowedRow({ item, onRemove }: { item: Allowed; onRemove: () => void }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const { entry, kind, owner, reason, expires_at: expires, addresses, trouble, in_lists: lists } = item;
  const until = expires === null ? null : t('lists.until', { time: times.moment(Date.parse(expires), now) });
  return (
    <li className="lists-allowed">
      <span className="lists-allowed-text">
        <span className="mono">
          <LogText text={entry} />
        </span>{' '}
        <span className="small soft">
          <LogText text={[reason, owner, until].filter(Boolean).join(' · ')} />
        </span>
        {kind === 'name' ? (
          <span className="lists-allowed-line small mono soft">
            {addresses.length === 0 ? t('lists.no_addresses') : addresses.join(', ')}
          </span>
        ) : null}
        {trouble === null ? null : (
          <span className="lists-allowed-line small tone-warn">
            {t('lists.not_resolved')} <LogText text={trouble} most={200} />
          </span>
        )}
        {lists.length === 0 ? null : (
          <span className="lists-allowed-line small soft">
            {t('lists.in_lists')} <LogText text={lists.join(', ')} most={300} />
          </span>
        )}
      </span>
      <IconButton label={t('lists.take_off', { entry })} icon={IconX} onClick={onRemove} />
    </li>
  );
}
