/** Who else of its /24 and of its network was banned: whether this is one attacker or a whole range. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { AddressLink } from '../../../ui/address-link.tsx';
import { Button } from '../../../ui/button.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs, useTimes } from '../../../ui/page-context.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { Lookup } from './address-query.ts';

interface NeighboursProps {
  lookup: Lookup;
  /** Opens the ban dialog for a range. */
  onBanRange: (range: string) => void;
}

export function Neighbours({ lookup, onBanRange }: NeighboursProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const { off } = useActs();
  const { prefix, items, addresses, bans, network } = lookup.neighbours;
  if (prefix === null) return null;
  const most = Math.max(1, ...items.map((item) => item.bans));
  return (
    <section className="panel-part" aria-label={t('address.neighbours')}>
      <header className="part-head">
        <h3 className="section-title">{t('address.neighbours')}</h3>
        <Link to="/history" search={{ ip: prefix }} className="mono">
          {prefix}
        </Link>
        <span className="part-end small quiet">
          {addresses === 0
            ? null
            : t('address.neighbours_count', {
                count: addresses,
                n: formatCount(addresses),
                bans: t('address.bans', { count: bans, n: formatCount(bans) }),
              })}
        </span>
      </header>
      {items.length === 0 ? (
        <p className="quiet">{t('address.no_neighbours')}</p>
      ) : (
        <ul className="neighbours">
          {items.map((item) => (
            <li key={item.ip}>
              <span className="neighbour-bar" style={{ width: `${(item.bans / most) * 100}%` }} aria-hidden />
              <AddressLink ip={item.ip} className="mono" />
              <span className="neighbour-bans">
                {t('address.bans', { count: item.bans, n: formatCount(item.bans) })}
              </span>
              <time className="small quiet" dateTime={item.last} title={times.full(Date.parse(item.last))}>
                {times.moment(Date.parse(item.last), now)}
              </time>
            </li>
          ))}
        </ul>
      )}
      {network === null || lookup.asn === null ? null : (
        <p className="small soft">
          <Link to="/history" search={{ asn: String(lookup.asn) }}>
            {lookup.as_name ?? `AS${lookup.asn}`}
          </Link>{' '}
          {t('address.network_count', {
            count: network.addresses,
            n: formatCount(network.addresses),
            bans: t('address.bans', { count: network.bans, n: formatCount(network.bans) }),
          })}
        </p>
      )}
      {items.length === 0 || prefix === lookup.ip ? null : (
        <div className="part-acts">
          <Button disabled={off !== null} onClick={() => onBanRange(prefix)}>
            {t('address.ban_range', { range: prefix })}
          </Button>
          {off === null ? null : <span className="small soft">{off}</span>}
        </div>
      )}
    </section>
  );
}
