/** Names of countries, and of the places that are none. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

const names = new Intl.DisplayNames(['en-GB'], { type: 'region', fallback: 'code' });

/** `DE` is Germany; `private`, `reserved` and `unknown` are places of their own. Anything else is returned as it is. */
export function useCountryName(): (code: string) => string {
  const { t } = useTranslation();
  return useCallback(
    (code) => {
      if (code === 'private' || code === 'reserved' || code === 'unknown') return t(`place.${code}`);
      return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code;
    },
    [t],
  );
}

/** Whether a code is one of a country, which is written beside its name. */
export const isCountryCode = (code: string): boolean => /^[A-Z]{2}$/.test(code);
