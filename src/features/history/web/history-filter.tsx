/** The sentence of filters, and how many rows it leaves. */
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { Trans, useTranslation } from 'react-i18next';
import { Chip } from '../../../ui/chip.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { isCountryCode, useCountryName } from '../../../ui/use-country-name.ts';
import { useNow } from '../../../ui/use-now.ts';
import type { ValueMenuItem } from '../../../ui/value-menu.tsx';
import type { HistoryEvent } from './history-query.ts';
import {
  actions,
  isFiltered,
  isOwnRange,
  origins,
  without,
  type FilterName,
  type HistoryView,
} from './history-view.ts';
import { SearchField } from './search-field.tsx';

interface HistoryFilterProps {
  view: HistoryView;
  onView: (view: HistoryView) => void;
  events: readonly HistoryEvent[];
  total: number | null;
  complete: boolean;
  jails: readonly string[];
  onMenu: (anchor: HTMLElement, label: string, items: readonly ValueMenuItem[]) => void;
}

export function HistoryFilter(props: HistoryFilterProps) {
  const { view, onView, events, total, complete } = props;
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const words = useWords(events);
  const shown = complete ? events.length : total;
  // what the field itself holds needs no chip beside it
  const chips = (['ip', 'jail', 'country', 'asn', 'action', 'origin'] as const).filter(
    (name) => view[name] !== undefined && (name !== 'ip' || view.text !== undefined),
  );
  const moment = (at: string): string => times.moment(Date.parse(at), now);
  return (
    <div className="filter" role="search" aria-label={t('history.search_label')}>
      <SearchField view={view} onView={onView} />
      {chips.map((name) => {
        const value = view[name] ?? '';
        const not = value.startsWith('!');
        const bare = not ? value.slice(1) : value;
        const turns = name === 'country' || name === 'asn';
        return (
          <Chip
            key={name}
            name={t(`history.names.${name}`)}
            value={words(name, bare)}
            not={not}
            {...(name === 'ip' && bare.includes('/') ? { verb: t('history.in') } : {})}
            {...(turns
              ? { onTurn: () => onView({ ...without(view, name), [name]: not ? bare : `!${bare}` }) }
              : {})}
            onRemove={() => onView(without(view, name))}
          />
        );
      })}
      {isOwnRange(view) ? (
        <Chip
          name={t('history.names.range')}
          verb={view.from === undefined ? t('history.before') : t('history.from')}
          value={[view.from, view.to].flatMap((at) => (at === undefined ? [] : [moment(at)])).join(' – ')}
          onRemove={() => {
            const { from: _, to: __, row: ___, ...rest } = view;
            onView(rest);
          }}
        />
      ) : null}
      <AddFilter {...props} words={words} />
      <span className="filter-count" role="status">
        {shown === null ? (
          events.length === 0 ? null : (
            <Trans
              i18nKey="history.count_open"
              values={{ n: formatCount(events.length) }}
              components={{ 1: <b /> }}
            />
          )
        ) : (
          <Trans
            i18nKey="history.count"
            count={shown}
            values={{ n: formatCount(shown) }}
            components={{ 1: <b /> }}
          />
        )}
      </span>
      {isFiltered(view) ? (
        <button type="button" className="link-button small" onClick={() => onView({})}>
          {t('history.clear')}
        </button>
      ) : null}
    </div>
  );
}

type Words = (name: FilterName, value: string) => string;

function useWords(events: readonly HistoryEvent[]): Words {
  const { t } = useTranslation();
  const country = useCountryName();
  return (name, value) => {
    switch (name) {
      case 'country':
        return isCountryCode(value) ? `${value} ${country(value)}` : country(value);
      case 'asn': {
        if (value === '0') return t('history.unknown_network');
        const known = events.find((event) => String(event.asn) === value)?.as_name;
        return known === undefined || known === null ? `AS${value}` : `${known} AS${value}`;
      }
      case 'origin':
        return t(`history.origins.${origins.find((each) => each === value) ?? 'own'}`);
      case 'action':
        return t(`history.actions.${actions.find((each) => each === value) ?? 'ban'}`);
      case 'ip':
      case 'jail':
      case 'text':
        return value;
    }
  };
}

/** One dashed chip for all: first what, then its value among those at hand. */
function AddFilter({ view, onView, events, jails, onMenu, words }: HistoryFilterProps & { words: Words }) {
  const { t } = useTranslation();
  const values = (name: FilterName): string[] => {
    const seen = (of: (event: HistoryEvent) => string): string[] => [...new Set(events.map(of))].toSorted();
    if (name === 'jail') return [...new Set([...jails, ...seen((event) => event.jail)])].toSorted();
    if (name === 'country') return seen((event) => event.country);
    if (name === 'asn') return seen((event) => String(event.asn ?? 0));
    return name === 'origin' ? [...origins] : [...actions];
  };
  const addable = (['jail', 'country', 'asn', 'action', 'origin'] as const).filter(
    (name) => view[name] === undefined && values(name).length > 0,
  );
  const add = (anchor: HTMLElement): void =>
    onMenu(
      anchor,
      t('history.add_filter'),
      addable.map((name) => ({
        key: name,
        content: t(`history.names.${name}`),
        onSelect: () =>
          onMenu(
            anchor,
            t(`history.names.${name}`),
            values(name)
              .map((value) => ({ value, word: words(name, value) }))
              .toSorted((a, b) => a.word.localeCompare(b.word))
              .map(({ value, word }) => ({
                key: value,
                content: word,
                onSelect: () => onView({ ...without(view, name), [name]: value }),
              })),
          ),
      })),
    );
  if (addable.length === 0) return null;
  return (
    <button
      type="button"
      className="chip-add"
      aria-haspopup="menu"
      onClick={(event) => add(event.currentTarget)}
    >
      <Icon of={IconPlus} size={14} />
      {t('history.add_filter')}
    </button>
  );
}
