/** Whom a draft bans as well, or no more: our own first and marked, then by lines. */
import IconShield from '@tabler/icons-react/dist/esm/icons/IconShield.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AddressLink } from '../../../ui/address-link.tsx';
import { Country } from '../../../ui/country.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { AddressRow, ReplayResult } from './lab-query.ts';

const shownAtFirst = 8;
const mostShown = 200;

interface GainedLostProps {
  list: 'gained' | 'lost';
  rows: ReplayResult['added'];
}

export function GainedLost({ list, rows }: GainedLostProps) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const listed = rows.items.slice(0, mostShown);
  const shown = all ? listed : listed.slice(0, shownAtFirst);
  const hidden = listed.length - shown.length;
  const beyond = rows.total - listed.length;
  const title = t(`draft_replay.${list}`);
  return (
    <section aria-label={title} className="gained-lost">
      <h4 className="small soft">
        {title} <strong className="gained-lost-count">{formatCount(rows.total)}</strong>
      </h4>
      {rows.total === 0 ? <p className="small quiet">{t(`draft_replay.nobody_${list}`)}</p> : null}
      <ul>
        {shown.map((row) => (
          <Row key={row.ip} row={row} />
        ))}
      </ul>
      {hidden === 0 ? null : (
        <button type="button" className="link-button small" onClick={() => setAll(true)}>
          {t('draft_replay.more', { n: formatCount(hidden) })}
        </button>
      )}
      {beyond === 0 || hidden > 0 ? null : (
        <p className="small quiet">{t('draft_replay.beyond', { n: formatCount(beyond) })}</p>
      )}
    </section>
  );
}

function Row({ row }: { row: AddressRow }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  return (
    <li className={row.own === null ? 'gained-row' : 'gained-row gained-row-own'}>
      <span className="mono gained-row-ip">
        <AddressLink ip={row.ip} />
      </span>
      <Country code={row.country} short />
      <span className="number">
        {t('draft_replay.lines', { count: row.lines, n: formatCount(row.lines) })}
      </span>
      <span className="small gained-row-more">
        {row.own === null ? null : (
          <span className="gained-row-reason">
            <Icon of={IconShield} tone="warn" size={14} /> {t(`lab.own.${row.own}`)}
          </span>
        )}
        {row.banned_at === null
          ? null
          : t('draft_replay.first_ban', { time: times.moment(Date.parse(row.banned_at), now) })}
      </span>
    </li>
  );
}
