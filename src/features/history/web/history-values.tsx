/** Every value of a row is a filter: only this, or not this. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useCountryName } from '../../../ui/use-country-name.ts';
import { useValueMenu, type ValueMenuItem } from '../../../ui/value-menu.tsx';
import type { HistoryEvent } from './history-query.ts';
import { without, type FilterName, type HistoryView } from './history-view.ts';

/** Those that can be turned round with a `!`. */
const turnable: readonly FilterName[] = ['country', 'asn'];

interface Values {
  menu: React.ReactNode;
  /** The menu of one value of a row. */
  openValue: (anchor: HTMLElement, name: FilterName, event: HistoryEvent) => void;
  /** All values of a row: the way for the keyboard. */
  openRow: (anchor: HTMLElement, event: HistoryEvent) => void;
  /** A menu of one's own, e.g. of the filters that can be added. */
  open: ReturnType<typeof useValueMenu>['open'];
}

export function useHistoryValues(view: HistoryView, onView: (view: HistoryView) => void): Values {
  const { t } = useTranslation();
  const country = useCountryName();
  const { menu, open } = useValueMenu();
  const itemsOf = useCallback(
    (name: FilterName, event: HistoryEvent): ValueMenuItem[] => {
      const value = valueOf(name, event);
      if (value === null) return [];
      const words = {
        country: country(event.country),
        asn: event.as_name ?? (value === '0' ? t('history.unknown_network') : `AS${value}`),
        origin: t(`history.origins.${event.origin}`),
        action: t(`history.actions.${event.action}`),
      };
      const word = name === 'ip' || name === 'jail' || name === 'text' ? value : words[name];
      const set = (next: string): void => onView({ ...without(view, name), [name]: next });
      const only = { key: name, content: t('history.only', { value: word }), onSelect: () => set(value) };
      if (!turnable.includes(name)) return [only];
      return [
        only,
        { key: `!${name}`, content: t('history.not', { value: word }), onSelect: () => set(`!${value}`) },
      ];
    },
    [t, country, view, onView],
  );
  const openValue = useCallback<Values['openValue']>(
    (anchor, name, event) => open(anchor, t('history.filter_value'), itemsOf(name, event)),
    [open, itemsOf, t],
  );
  const openRow = useCallback<Values['openRow']>(
    (anchor, event) =>
      open(
        anchor,
        t('history.filter_row'),
        rowNames.flatMap((name) => itemsOf(name, event)),
      ),
    [open, itemsOf, t],
  );
  return { menu, openValue, openRow, open };
}

const rowNames = ['ip', 'country', 'asn', 'jail', 'action', 'origin'] as const;

function valueOf(name: FilterName, event: HistoryEvent): string | null {
  if (name === 'text') return null;
  if (name === 'asn') return String(event.asn ?? 0);
  return event[name];
}
