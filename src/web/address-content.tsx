/** What is known of an address, composed of what each feature knows: for the side panel and the page of its own. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { AddressFacts } from '../features/address/web/address-facts.tsx';
import { lookupQuery, type Lookup } from '../features/address/web/address-query.ts';
import { Neighbours } from '../features/address/web/neighbours.tsx';
import { WhyBanned, WhyText } from '../features/address/web/why-banned.tsx';
import { useBanDialog } from '../features/bans/web/ban-dialog-host.tsx';
import { bansOfQuery, type ActiveBan } from '../features/bans/web/bans-query.ts';
import { HeldBans } from '../features/bans/web/held-bans.tsx';
import { EveryBan } from '../features/history/web/every-ban.tsx';
import { useEveryBan, type EveryBanOf } from '../features/history/web/use-every-ban.ts';
import { useCaller } from '../ui/app-context.tsx';
import { Button } from '../ui/button.tsx';
import { problemOf, type Problem } from '../ui/problem.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { rememberAddress } from './recent-addresses.ts';
import './address.css';

export interface AddressKnown {
  ip: string;
  held: readonly ActiveBan[];
  lookup: Lookup | undefined;
  problem: Problem | null;
  retry: () => void;
  every: EveryBanOf;
}

export function useAddress(ip: string): AddressKnown {
  const caller = useCaller();
  const held = useQuery(bansOfQuery(caller, ip)).data ?? [];
  const lookup = useQuery(lookupQuery(caller, ip));
  const every = useEveryBan(
    ip,
    held.map((ban) => ban.jail),
  );
  useEffect(() => rememberAddress(ip), [ip]);
  return {
    ip,
    held,
    lookup: lookup.data,
    problem: lookup.error === null ? null : problemOf(lookup.error),
    retry: () => void lookup.refetch(),
    every,
  };
}

export function AddressAbout({ known }: { known: AddressKnown }) {
  const { t } = useTranslation();
  const { held, lookup, problem } = known;
  const bans = held.length === 0 ? null : <HeldBans bans={held} />;
  if (lookup === undefined) {
    return (
      <section className="panel-part" aria-label={t('panel.facts')}>
        {problem === null ? (
          <p className="quiet">{t('ui.loading')}</p>
        ) : (
          <ProblemNote
            problem={problem}
            title={t('address.failed')}
            acts={<Button onClick={known.retry}>{t('ui.try_now')}</Button>}
          />
        )}
        {bans}
      </section>
    );
  }
  return <AddressFacts lookup={lookup} held={bans} />;
}

interface AddressWhyProps {
  known: AddressKnown;
  /** The ban that was asked for. */
  event?: string | undefined;
  /** Otherwise the latest of this jail is explained, otherwise the latest of all. */
  jail?: string | undefined;
}

export function AddressWhy({ known, event, jail }: AddressWhyProps) {
  const { bans } = known.every;
  const ban =
    event === undefined
      ? (bans.find((each) => each.event.jail === jail) ?? bans[0])
      : bans.find((each) => each.event.id === event);
  // one that was asked for may be older than the bans read so far
  const id = event ?? ban?.event.id;
  if (id === undefined) return null;
  return <WhyBanned key={id} id={id} jail={ban?.event.jail} at={ban?.event.at} />;
}

export function AddressBans({ known }: { known: AddressKnown }) {
  const history = known.lookup?.history;
  return (
    <EveryBan
      all={known.every}
      total={history?.bans ?? 0}
      since={history?.first ?? null}
      renderWhy={(id) => <WhyText id={id} />}
    />
  );
}

export function AddressNeighbours({ known }: { known: AddressKnown }) {
  const dialog = useBanDialog();
  if (known.lookup === undefined) return null;
  const jail = known.held[0]?.jail ?? known.every.bans[0]?.event.jail;
  return (
    <Neighbours
      lookup={known.lookup}
      onBanRange={(range) => dialog.open({ addresses: range, ...(jail === undefined ? {} : { jail }) })}
    />
  );
}
