/** Every ban of one address, newest first, each with its reason on demand. */
import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { useNow } from '../../../ui/use-now.ts';
import type { PastBan } from './pair-bans.ts';
import type { EveryBanOf } from './use-every-ban.ts';

interface EveryBanProps {
  all: EveryBanOf;
  /** Bans in all, as the sums say it. */
  total: number;
  since: string | null;
  renderWhy: (id: string) => ReactNode;
}

export function EveryBan({ all, total, since, renderWhy }: EveryBanProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const jails = new Set(all.bans.map(({ event }) => event.jail)).size;
  const count = Math.max(total, all.bans.length);
  return (
    <section className="panel-part" aria-label={t('address.every')}>
      <header className="part-head">
        <h3 className="section-title">{t('address.every')}</h3>
        {count === 0 ? null : (
          <span className="small quiet">
            {t('address.every_count', { count: jails, n: formatCount(count) })}{' '}
            {since === null ? '' : t('address.since', { time: times.moment(Date.parse(since), now) })}
          </span>
        )}
      </header>
      {all.problem !== null ? (
        <ProblemNote problem={all.problem} title={t('history.failed')} />
      ) : all.reading ? (
        <p className="quiet">{t('ui.loading')}</p>
      ) : all.bans.length === 0 ? (
        <p className="quiet">{t('address.no_history')}</p>
      ) : (
        <ol className="every-ban">
          {all.bans.map((ban) => (
            <PastBanRow key={ban.event.id} ban={ban} renderWhy={renderWhy} />
          ))}
        </ol>
      )}
      {all.more === null ? null : (
        <button type="button" className="link-button" onClick={all.more}>
          {t('address.show_earlier')}
        </button>
      )}
    </section>
  );
}

function PastBanRow({ ban, renderWhy }: { ban: PastBan; renderWhy: (id: string) => ReactNode }) {
  const { t } = useTranslation();
  const times = useTimes();
  const say = useDurations();
  const now = useNow(60_000);
  const [open, setOpen] = useState(false);
  const { event, outcome } = ban;
  const at = Date.parse(event.at);
  const seconds = event.duration_seconds;
  const manual = event.origin === 'manual';
  return (
    <li>
      <button type="button" className="past-ban" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon of={IconChevronRight} size={14} />
        <time dateTime={event.at} title={times.full(at)}>
          {times.moment(at, now)}
        </time>
        <span className="past-jail">{event.jail}</span>
        <span className="soft">{seconds === null ? '' : say(seconds)}</span>
        <OutcomeText outcome={outcome} />
      </button>
      {open ? (
        <div className="past-why">
          {manual ? (
            <p>
              {t('address.by_hand', { actor: event.actor ?? t('address.somebody') })}{' '}
              <span className="soft">{event.reason}</span>
            </p>
          ) : null}
          {renderWhy(event.id)}
        </div>
      ) : null}
    </li>
  );
}

function OutcomeText({ outcome }: { outcome: PastBan['outcome'] }) {
  const { t } = useTranslation();
  switch (outcome.kind) {
    case 'now':
      return <span>{t('address.outcome.now')}</span>;
    case 'unbanned':
      return (
        <span className="soft">
          {t('address.outcome.unbanned', { actor: outcome.actor ?? t('address.somebody') })}
        </span>
      );
    case 'ended':
      return <span className="quiet">{t('address.outcome.ended')}</span>;
    case 'open':
      return <span className="quiet">{t('address.outcome.open')}</span>;
  }
}
