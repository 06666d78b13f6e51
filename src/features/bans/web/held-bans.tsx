/** Who holds an address now, until when, and on whose word. */
import { Trans, useTranslation } from 'react-i18next';
import { useTimes } from '../../../ui/page-context.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { useNow } from '../../../ui/use-now.ts';
import type { ActiveBan } from './bans-query.ts';

export function HeldBans({ bans }: { bans: readonly ActiveBan[] }) {
  return (
    <ul className="held">
      {bans.map((ban) => (
        <li key={ban.jail}>
          <Held ban={ban} />
        </li>
      ))}
    </ul>
  );
}

function Held({ ban }: { ban: ActiveBan }) {
  const { t } = useTranslation();
  const times = useTimes();
  const say = useDurations();
  const now = useNow(15_000);
  const { jail, expires_at: end } = ban;
  const until = end === null ? null : Date.parse(end);
  const parts = [
    t('panel.since_time', { time: times.exact(Date.parse(ban.banned_at), now) }),
    ban.ban_count > 1 ? t('panel.nth', { count: ban.ban_count }) : null,
    ban.origin === 'own' ? null : t(`panel.origins.${ban.origin}`),
    ban.banned_by === null ? null : t('panel.by', { name: ban.banned_by }),
    ban.ends_early ? t('panel.early') : null,
  ].filter((part) => part !== null);
  return (
    <>
      {until === null ? (
        <Trans i18nKey="panel.held_permanent" values={{ jail }} components={{ 1: <strong /> }} />
      ) : (
        <Trans
          i18nKey="panel.held"
          values={{ jail, time: times.moment(until, now), left: say((until - now) / 1000) }}
          components={{ 1: <strong /> }}
        />
      )}
      <div className="small quiet">
        {parts.join(', ')}
        {ban.reason === null ? null : <span className="soft">: {ban.reason}</span>}
      </div>
    </>
  );
}
