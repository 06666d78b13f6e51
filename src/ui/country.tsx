/** A country: its code in mono and its name; what is no country, in words. Never a flag. */
import { useTranslation } from 'react-i18next';
import { useCountryName } from './use-country-name.ts';

interface CountryProps {
  /** Two-letter code, or `private`, `reserved`, `unknown`. */
  code: string;
  /** The code alone, where there is no room; the name is in its tooltip. */
  short?: boolean;
}

export function Country({ code, short = false }: CountryProps) {
  const { t } = useTranslation();
  const name = useCountryName()(code);
  if (code === 'private' || code === 'reserved' || code === 'unknown') {
    return (
      <span className="no-country quiet" title={name}>
        {short ? t(`place_short.${code}`) : name}
      </span>
    );
  }
  if (short) {
    return (
      <span className="mono country-code soft" title={name}>
        {code}
      </span>
    );
  }
  return (
    <span className="country">
      <span className="mono country-code soft">{code}</span> {name}
    </span>
  );
}
