/** The twin of the map: the same rows, with those that are no country, sortable, as a file. */
import IconArrowDown from '@tabler/icons-react/dist/esm/icons/IconArrowDown.mjs';
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../../ui/button.tsx';
import { changeText, isNotable, percentChange } from '../../../ui/change.ts';
import { stepOf } from '../../../ui/charts/heat-steps.ts';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { sortRows, type CountryRow } from './country-rows.ts';
import type { MapSort } from './map-view.ts';
import type { Thresholds } from './thresholds.ts';

interface CountryTableProps {
  rows: readonly CountryRow[];
  thresholds: Thresholds;
  sort: MapSort | undefined;
  onSort: (sort: MapSort) => void;
  chosen: string | undefined;
  onChoose: (code: string | undefined) => void;
  onSave: () => void;
  empty: ReactNode;
  foot: ReactNode;
}

export function CountryTable(props: CountryTableProps) {
  const { rows, thresholds, sort, chosen, onChoose, empty, foot } = props;
  const { t } = useTranslation();
  const countries = rows.filter(({ isCountry }) => isCountry).length;
  const others = rows.length - countries;
  const open = useRef<HTMLTableRowElement>(null);
  // chosen on the map: its row comes into sight
  // nothing is handed back: newer browsers answer a promise here, which is no clean-up
  useEffect(() => {
    open.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <section className="map-table" aria-label={t('map.countries')}>
      <header className="map-table-head">
        <h2 className="section-title">{t('map.countries')}</h2>
        <span className="small quiet">
          {rows.length === 0
            ? null
            : others === 0
              ? formatCount(countries)
              : t('map.with_others', { countries: formatCount(countries), count: others })}
        </span>
        <IconButton
          label={t('map.save')}
          icon={IconDownload}
          disabled={rows.length === 0}
          onClick={props.onSave}
        />
      </header>
      {rows.length === 0 ? (
        empty
      ) : (
        <div className="map-rows">
          <table>
            <thead>
              <tr>
                <Head {...props} field="name" text={t('map.country')} />
                <Head {...props} field="bans" text={t('map.in_range')} end />
                <Head {...props} field="change" text={t('map.change')} end />
                <Head {...props} field="addresses" text={t('map.addresses')} end />
              </tr>
            </thead>
            <tbody>
              {sortRows(rows, sort).map((row) => {
                const isOpen = row.code === chosen;
                const step = stepOf(row.bans, thresholds);
                return (
                  <tr
                    key={row.code}
                    ref={isOpen ? open : null}
                    className={isOpen ? 'map-row-open' : ''}
                    onClick={() => onChoose(isOpen ? undefined : row.code)}
                  >
                    <th scope="row">
                      <span className="map-name">
                        <span
                          className={row.isCountry ? `map-swatch step-${step}` : 'map-swatch map-swatch-none'}
                        />
                        <span className="mono soft map-code">{row.isCountry ? row.code : ''}</span>
                        <button
                          type="button"
                          className={row.isCountry ? 'map-choose' : 'map-choose soft'}
                          aria-pressed={isOpen}
                        >
                          {row.name}
                        </button>
                      </span>
                    </th>
                    <td className="map-bans">{formatCount(row.bans)}</td>
                    <td>
                      <RowChange {...row} />
                    </td>
                    <td className="soft">{formatCount(row.addresses)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <footer className="map-table-foot small quiet">{foot}</footer>
    </section>
  );
}

interface HeadProps {
  field: 'name' | 'bans' | 'change' | 'addresses';
  text: string;
  end?: boolean;
  sort: MapSort | undefined;
  onSort: (sort: MapSort) => void;
}

function Head({ field, text, end = false, sort = '-bans', onSort }: HeadProps) {
  const sorted = sort.replace('-', '') === field;
  const falling = sort.startsWith('-');
  const first: MapSort = field === 'name' ? 'name' : `-${field}`;
  const other: MapSort = field === 'name' ? '-name' : field;
  const turned = falling === first.startsWith('-') ? other : first;
  const order = sorted ? (falling ? 'descending' : 'ascending') : 'none';
  return (
    <th scope="col" className={end ? 'number' : ''} aria-sort={order}>
      <button
        type="button"
        className="head-button"
        data-sorted={sorted}
        onClick={() => onSort(sorted ? turned : first)}
      >
        {text}
        {sorted ? <Icon of={falling ? IconArrowDown : IconArrowUp} size={14} /> : null}
      </button>
    </th>
  );
}

function RowChange({ bans, before }: CountryRow) {
  const { t } = useTranslation();
  const strong = isNotable(percentChange(bans, before));
  return (
    <span className={strong ? 'change-strong' : 'quiet'}>{changeText(bans, before) ?? t('map.new')}</span>
  );
}
