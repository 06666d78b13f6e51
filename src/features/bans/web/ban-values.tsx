/** The country of a row is a filter: only that one, or everything but that one. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useCountryName } from '../../../ui/use-country-name.ts';
import { useValueMenu } from '../../../ui/value-menu.tsx';
import type { ActiveBan } from './bans-query.ts';
import type { BansView } from './bans-view.ts';

interface BanValues {
  menu: React.ReactNode;
  openCountry: (anchor: HTMLElement, country: string) => void;
}

export function useBanValues(view: BansView, onView: (view: BansView) => void): BanValues {
  const { t } = useTranslation();
  const countryName = useCountryName();
  const { menu, open } = useValueMenu();
  const openCountry = useCallback<BanValues['openCountry']>(
    (anchor, country) => {
      const value = countryName(country);
      const set = (next: string): void => {
        const { row: _, address: __, ...rest } = view;
        onView({ ...rest, country: next });
      };
      open(anchor, t('bans.filter_value'), [
        { key: 'only', content: t('bans.only', { value }), onSelect: () => set(country) },
        { key: 'not', content: t('bans.not', { value }), onSelect: () => set(`!${country}`) },
      ]);
    },
    [t, countryName, open, view, onView],
  );
  return { menu, openCountry };
}

/** Those with the most bans first. */
export function countriesIn(bans: readonly ActiveBan[]): string[] {
  const byCountry = Map.groupBy(bans, (ban) => ban.country);
  return [...byCountry].toSorted(([, a], [, b]) => b.length - a.length).map(([country]) => country);
}
