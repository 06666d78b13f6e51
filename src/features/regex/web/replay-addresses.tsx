/** Whom the trial adds, loses, or bans earlier; own users first and marked. */
import IconShield from '@tabler/icons-react/dist/esm/icons/IconShield.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AddressLink } from '../../../ui/address-link.tsx';
import { Country } from '../../../ui/country.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { Segments } from '../../../ui/segments.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { AddressRow, ReplayResult } from './lab-query.ts';

const lists = ['added', 'lost', 'earlier'] as const;
/** More of them are in the answer of the interface, and in its export. */
const mostShown = 200;

export function ReplayAddresses({ result }: { result: ReplayResult }) {
  const { t } = useTranslation();
  const [list, setList] = useState<(typeof lists)[number]>('added');
  const rows = result[list];
  const ignored = list === 'added' ? result.ignored.items : [];
  const own = rows.items.filter((row) => row.own !== null);
  const others = rows.items.filter((row) => row.own === null);
  const all = [...own, ...ignored, ...others];
  const shown = all.slice(0, mostShown);
  return (
    <section aria-label={t('lab.addresses')} className="lab-addresses">
      <div className="lab-lines-head">
        <h2 className="section-title">{t('lab.addresses')}</h2>
        <Segments
          label={t('lab.which_addresses')}
          options={lists.map((value) => ({
            value,
            label: t(`lab.list.${value}`, { n: formatCount(result[value].total) }),
          }))}
          value={list}
          onChange={setList}
        />
        <a className="lab-export" download={`replay-${list}.csv`} href={csvOf(all)}>
          {t('lab.export')}
        </a>
      </div>
      {shown.length === 0 ? (
        <p className="lab-none quiet">{t(`lab.nobody.${list}`)}</p>
      ) : (
        <div className="lab-table-scroll">
          <table className="lab-table">
            <thead>
              <tr className="small">
                <th scope="col">{t('lab.address')}</th>
                <th scope="col">
                  <span className="sr-only">{t('lab.country')}</span>
                </th>
                <th scope="col">{t('lab.network')}</th>
                <th scope="col" className="number">
                  {t('lab.lines_n')}
                </th>
                <th scope="col" className="number">
                  {t(list === 'lost' ? 'lab.was_banned' : 'lab.would_be_banned')}
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <Row key={`${row.own} ${row.ip}`} row={row} earlier={list === 'earlier'} />
              ))}
            </tbody>
          </table>
          {all.length > shown.length || rows.total > rows.items.length ? (
            <p className="lab-none small quiet">
              {t('lab.more_rows', {
                shown: formatCount(shown.length),
                all: formatCount(rows.total + ignored.length),
              })}
            </p>
          ) : null}
        </div>
      )}
    </section>
  );
}

function Row({ row, earlier }: { row: AddressRow; earlier: boolean }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const at = row.banned_at === null ? null : Date.parse(row.banned_at);
  const gain = at === null || row.before_at === null ? null : (Date.parse(row.before_at) - at) / 60_000;
  return (
    <tr className={row.own === null ? undefined : 'lab-own'}>
      <th scope="row" className="mono">
        <AddressLink ip={row.ip} />
      </th>
      <td>
        <Country code={row.country} short />
      </td>
      <td className="lab-network">
        {row.own === null ? (
          <span className="soft">{row.as_name}</span>
        ) : (
          <span className="lab-own-reason">
            <Icon of={IconShield} tone="warn" /> {t(`lab.own.${row.own}`)}
          </span>
        )}
      </td>
      <td className="number">{formatCount(row.lines)}</td>
      <td className="number">
        {row.own === 'ignored' ? (
          <span className="lab-left-out">{t('lab.left_out')}</span>
        ) : (
          <>
            {at === null ? t('lab.not_banned') : times.moment(at, now)}
            {earlier && gain !== null ? (
              <span className="quiet"> {t('lab.earlier_by', { n: formatCount(Math.round(gain)) })}</span>
            ) : null}
          </>
        )}
      </td>
    </tr>
  );
}

/** A spreadsheet takes a text that begins with a sign for a formula. */
const cell = (value: string | number | null): string =>
  `"${String(value ?? '')
    .replace(/^(?=[=+@-])/, "'")
    .replaceAll('"', '""')}"`;

function csvOf(rows: readonly AddressRow[]): string {
  const head = 'ip,country,asn,as_name,lines,bans,banned_at,before_at,own';
  const lines = rows.map((row) =>
    [row.ip, row.country, row.asn, row.as_name, row.lines, row.bans, row.banned_at, row.before_at, row.own]
      .map(cell)
      .join(','),
  );
  return `data:text/csv;charset=utf-8,${encodeURIComponent([head, ...lines].join('\r\n'))}`;
}
