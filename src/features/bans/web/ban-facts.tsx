/** What is known of a ban. */
import { Trans, useTranslation } from 'react-i18next';
import { Country } from '../../../ui/country.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { useNow } from '../../../ui/use-now.ts';
import type { ActiveBan } from './bans-query.ts';

interface BanFactsProps {
  ban: ActiveBan;
  /** Every ban of this address now, over all jails. */
  held: readonly ActiveBan[];
}

export function BanFacts({ ban, held }: BanFactsProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const say = useDurations();
  const now = useNow(15_000);
  const moment = (at: string): string => times.exact(Date.parse(at), now);
  return (
    <dl className="facts">
      <dt>{t('panel.held_in')}</dt>
      <dd>
        {held.map((each) => (
          <div key={each.jail}>
            {each.expires_at === null ? (
              <Trans
                i18nKey="panel.held_permanent"
                values={{ jail: each.jail }}
                components={{ 1: <strong /> }}
              />
            ) : (
              <Trans
                i18nKey="panel.held"
                values={{
                  jail: each.jail,
                  time: times.moment(Date.parse(each.expires_at), now),
                  left: say((Date.parse(each.expires_at) - now) / 1000),
                }}
                components={{ 1: <strong /> }}
              />
            )}
          </div>
        ))}
      </dd>
      <Fact name={t('panel.since')}>{moment(ban.banned_at)}</Fact>
      <Fact name={t('panel.until')}>
        {ban.expires_at === null ? t('panel.permanent') : moment(ban.expires_at)}
      </Fact>
      <Fact name={t('panel.times')}>{t('panel.times_value', { count: ban.ban_count, jail: ban.jail })}</Fact>
      <Fact name={t('panel.origin')}>{t(`panel.origins.${ban.origin}`, { jail: ban.jail })}</Fact>
      {ban.banned_by === null ? null : <Fact name={t('panel.by')}>{ban.banned_by}</Fact>}
      {ban.origin === 'manual' ? (
        <Fact name={t('panel.reason')}>
          {ban.reason ?? <span className="quiet">{t('panel.no_reason')}</span>}
        </Fact>
      ) : null}
      {ban.ends_early ? <Fact name={t('panel.early')}>{t('panel.early_text')}</Fact> : null}
      {ban.as_name === null ? null : (
        <Fact name={t('panel.network')}>
          {ban.as_name} {ban.asn === null ? null : <span className="quiet">AS{ban.asn}</span>}
        </Fact>
      )}
      <Fact name={t('panel.country')}>
        <Country code={ban.country} />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
