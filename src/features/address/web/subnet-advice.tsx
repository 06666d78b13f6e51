/** Ranges that would cover many offenders: with how much of the range offended, and how much else would be banned. */
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs, useTimes } from '../../../ui/page-context.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { isCountryCode, useCountryName } from '../../../ui/use-country-name.ts';
import { useNow } from '../../../ui/use-now.ts';
import { subnetsQuery, type Advice, type Since } from './address-query.ts';
import { saySize } from './range-size.ts';

interface SubnetAdviceProps {
  since: Since;
  onBan: (range: string) => void;
}

export function SubnetAdvice({ since, onBan }: SubnetAdviceProps) {
  const { t } = useTranslation();
  const query = useQuery({ ...subnetsQuery(useCaller(), since), placeholderData: (before) => before });
  const items = query.data?.items ?? [];
  if (query.error !== null && items.length === 0) {
    return (
      <div className="page-note">
        <ProblemNote
          problem={problemOf(query.error)}
          title={t('offenders.failed')}
          acts={<Button onClick={() => void query.refetch()}>{t('ui.try_now')}</Button>}
        />
      </div>
    );
  }
  if (query.isPending) return <p className="page-note quiet">{t('ui.loading')}</p>;
  if (items.length === 0) {
    return (
      <EmptyState kind="nothing-yet" title={t('offenders.no_subnets_title')} foot={t('offenders.none_foot')}>
        {t('offenders.no_subnets_text', { count: since.atLeast })}
      </EmptyState>
    );
  }
  return (
    <div className="advice-list">
      <p className="small soft advice-intro">{t('offenders.intro')}</p>
      <ol aria-busy={query.isPlaceholderData}>
        {items.map((item) => (
          <AdviceRow key={item.range} item={item} onBan={() => onBan(item.range)} />
        ))}
      </ol>
    </div>
  );
}

function AdviceRow({ item, onBan }: { item: Advice; onBan: () => void }) {
  const { t } = useTranslation();
  const { off } = useActs();
  const times = useTimes();
  const countryName = useCountryName();
  const now = useNow(60_000);
  const others = Math.max(0, item.size - item.addresses);
  return (
    <li className="advice">
      <div className="advice-what">
        <Link to="/history" search={{ ip: item.range }} className="mono advice-range">
          {item.range}
        </Link>
        <span className="soft">
          {isCountryCode(item.country) ? <span className="mono">{item.country} </span> : null}
          {item.as_name ?? (item.asn === null ? countryName(item.country) : `AS${item.asn}`)}{' '}
          {item.as_name === null || item.asn === null ? null : <span className="quiet">AS{item.asn}</span>}
        </span>
      </div>
      <div className="advice-cover">
        <span className="advice-track" aria-hidden>
          <span className="advice-bar" style={{ width: `${Math.max(item.coverage * 100, 0.5)}%` }} />
        </span>
        <span>
          <b>{sayShare(item.coverage)}</b>{' '}
          {t('offenders.offended', {
            count: item.addresses,
            n: formatCount(item.addresses),
            size: saySize(item.size),
          })}
        </span>
        <span className="soft">
          {t('address.bans', { count: item.bans, n: formatCount(item.bans) })},{' '}
          {t('offenders.last_at', { time: times.moment(Date.parse(item.last), now) })}
          {'. '}
          {others === 0
            ? t('offenders.no_others')
            : t('offenders.others', { count: others, n: saySize(others) })}
        </span>
        {item.warning === null ? null : (
          <span className="advice-warning">
            <Icon of={IconAlertTriangle} size={14} tone="warn" />
            {item.warning}
          </span>
        )}
      </div>
      <div className="advice-act">
        {item.banned_now ? (
          <span>{t('address.outcome.now')}</span>
        ) : (
          <Button disabled={off !== null} title={off ?? undefined} onClick={onBan}>
            {t('address.ban_range', { range: item.range })}
          </Button>
        )}
      </div>
    </li>
  );
}

/** A share that is not zero is never said to be. */
function sayShare(share: number): string {
  const percent = share * 100;
  if (percent >= 10) return `${Math.round(percent)}\u00a0%`;
  return percent >= 0.1 ? `${percent.toFixed(1)}\u00a0%` : '< 0.1\u00a0%';
}
