/** The figures of a simulation, and how far other lists hold the same. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AddressLink } from '../../../ui/address-link.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { useNow } from '../../../ui/use-now.ts';
import type { Simulation } from './blocklists-query.ts';
import { aboutCount } from './sizes.ts';

export function SimulationFacts({ found }: { found: Simulation }) {
  const { t } = useTranslation();
  const say = useDurations();
  const [shown, setShown] = useState(false);
  const { history, largest } = found;
  const { kept_coming_ms: kept } = history;
  return (
    <div className="lists-facts">
      <Fact
        name={t('lists.would_have_hit', { n: history.days })}
        value={formatCount(history.held)}
        about={
          <>
            {t('lists.of_attackers', { n: formatCount(history.attackers) })}{' '}
            {history.examples.length === 0 ? null : (
              <button
                type="button"
                className="link-button"
                aria-expanded={shown}
                onClick={() => setShown(!shown)}
              >
                {t(shown ? 'lists.hide' : 'lists.show_which')}
              </button>
            )}
          </>
        }
      />
      {shown ? <Examples found={found} /> : null}
      <Fact
        name={t('lists.spared')}
        value={formatCount(history.later_bans)}
        about={
          kept === null
            ? t('lists.came_back', { count: history.came_back, n: formatCount(history.came_back) })
            : t('lists.came_back_for', {
                count: history.came_back,
                n: formatCount(history.came_back),
                time: say(kept / 1000),
              })
        }
      />
      <Fact
        name={t('lists.banned_already')}
        value={formatCount(found.banned_now)}
        about={t('lists.banned_already_about')}
      />
      <Fact
        name={t('lists.covers')}
        value={aboutCount(found.v4_addresses)}
        about={
          <>
            {t('lists.covers_about', { share: shareWords(found.share_of_v4) })}
            {found.v6_entries === 0
              ? null
              : `, ${t('lists.covers_v6', { count: found.v6_entries, n: formatCount(found.v6_entries) })}`}
          </>
        }
      />
      {largest === null ? null : (
        <Fact
          name={t('lists.largest')}
          value={`/${largest.entry.split('/')[1] ?? (largest.entry.includes(':') ? '128' : '32')}`}
          about={
            <>
              <span className="mono">{largest.entry}</span>,{' '}
              {t('lists.largest_about', { count: largest.addresses, n: aboutCount(largest.addresses) })}
            </>
          }
        />
      )}
    </div>
  );
}

function Fact({ name, value, about }: { name: string; value: string; about: React.ReactNode }) {
  return (
    <div className="lists-fact">
      <span>{name}</span>
      <b className="number">{value}</b>
      <span className="small soft">{about}</span>
    </div>
  );
}

function Examples({ found }: { found: Simulation }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  return (
    <ul className="lists-examples">
      {found.history.examples.map(({ ip, bans, last, country }) => (
        <li key={ip}>
          <AddressLink ip={ip} />{' '}
          <span className="small soft">
            {t('lists.example', {
              count: bans,
              n: formatCount(bans),
              country,
              time: times.moment(Date.parse(last), now),
            })}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Overlaps({ found }: { found: Simulation }) {
  const { t } = useTranslation();
  if (found.overlaps.length === 0) return null;
  return (
    <section className="lists-part" aria-label={t('lists.overlap')}>
      <h3 className="section-title">{t('lists.overlap')}</h3>
      <ul className="lists-overlaps">
        {found.overlaps.map(({ source_id: id, name, entries, share }) => (
          <li key={id} className="lists-overlap">
            <span className="lists-cut" title={name}>
              <LogText text={name} />
            </span>
            <span className="lists-track" aria-hidden>
              <span style={{ width: `${Math.min(100, share * 100)}%` }} />
            </span>
            <span className="number">{formatCount(entries)}</span>
            <span className="number soft">{t('lists.percent', { n: Math.round(share * 100) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Percent with two digits that count. */
const shareWords = (percent: number): string =>
  `${new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 2 }).format(percent)}\u00a0%`;
