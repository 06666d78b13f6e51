/** Where an address is banned, where it is from, and how often it came. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { isCountryCode, useCountryName } from '../../../ui/use-country-name.ts';
import { useNow } from '../../../ui/use-now.ts';
import type { Lookup } from './address-query.ts';

interface AddressFactsProps {
  lookup: Lookup;
  /** Who holds it now, as the list of bans says it; empty when nobody does. */
  held: ReactNode;
}

export function AddressFacts({ lookup, held }: AddressFactsProps) {
  const { t } = useTranslation();
  const countryName = useCountryName();
  const { country, asn } = lookup;
  return (
    <section className="panel-part" aria-label={t('panel.facts')}>
      <dl className="facts">
        <Fact name={t('panel.held_in')}>
          {held ?? <span className="quiet">{t('address.not_banned')}</span>}
        </Fact>
        <Fact name={t('panel.network')}>
          <span className="fact-parts">
            {asn === null ? (
              <span className="quiet">{t('place.unknown')}</span>
            ) : (
              <Link to="/history" search={{ asn: String(asn) }}>
                {lookup.as_name ?? `AS${asn}`}
              </Link>
            )}
            {asn === null || lookup.as_name === null ? null : <span className="quiet">AS{asn}</span>}
            {lookup.range === null ? null : <span className="mono soft">{lookup.range}</span>}
          </span>
        </Fact>
        <Fact name={t('panel.country')}>
          <span className="fact-parts">
            {isCountryCode(country) ? <span className="mono soft">{country}</span> : null}
            <Link to="/history" search={{ country }}>
              {countryName(country)}
            </Link>
            {lookup.city === null ? null : <span className="soft">{lookup.city}</span>}
          </span>
        </Fact>
        <Fact name={t('address.blocklists')}>
          <ListsFact entries={lookup.blocklist_entries} />
        </Fact>
        {lookup.ignored_in.length === 0 ? null : (
          <Fact name={t('address.ignored')}>
            {t('address.ignored_in', { jails: lookup.ignored_in.join(', ') })}
          </Fact>
        )}
        <Fact name={t('address.history')}>
          <HistoryFact lookup={lookup} />
        </Fact>
      </dl>
    </section>
  );
}

function ListsFact({ entries }: { entries: Lookup['blocklist_entries'] }) {
  const { t } = useTranslation();
  if (entries === null) return <span className="quiet">{t('address.blocklists_unknown')}</span>;
  if (entries.length === 0) return <span className="quiet">{t('address.no_blocklists')}</span>;
  return (
    <span className="fact-parts">
      {entries.map(({ source_id: id, name, enabled, entry }) => (
        <span key={id}>
          <Link to="/blocklists" search={{ source: String(id) }}>
            {name}
          </Link>{' '}
          <span className="mono soft">{entry}</span>{' '}
          {enabled ? null : <span className="quiet">{t('address.blocklist_off')}</span>}
        </span>
      ))}
    </span>
  );
}

function HistoryFact({ lookup }: { lookup: Lookup }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const { bans, first, last } = lookup.history;
  if (bans === 0) return <span className="quiet">{t('address.no_history')}</span>;
  const moment = (at: string | null): string => (at === null ? '' : times.moment(Date.parse(at), now));
  return (
    <span className="fact-parts">
      <Link to="/history" search={{ ip: lookup.ip }}>
        {t('address.bans', { count: bans, n: formatCount(bans) })}
      </Link>
      <span className="soft">
        {bans === 1 ? moment(last) : t('address.first_last', { first: moment(first), last: moment(last) })}
      </span>
    </span>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
