/** Names of options for people; one that has none is called as fail2ban calls it. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

const known = [
  'enabled',
  'filter',
  'backend',
  'logpath',
  'journalmatch',
  'port',
  'maxretry',
  'findtime',
  'bantime',
  'bantime_increment',
  'bantime_factor',
  'bantime_maxtime',
  'bantime_rndtime',
  'bantime_multipliers',
  'bantime_formula',
  'bantime_overalljails',
  'ignoreip',
  'ignoreself',
  'usedns',
  'ignorecommand',
  'banaction',
  'action',
  'failregex',
  'ignoreregex',
  'prefregex',
  'datepattern',
] as const;

export interface OptionWords {
  title: string;
  hint: string | null;
}

export function useOptionWords(): (option: string) => OptionWords {
  const { t } = useTranslation();
  return useCallback(
    (option) => {
      const name = known.find((each) => each === option.replaceAll('.', '_'));
      if (name === undefined) return { title: option, hint: null };
      const hint = t(`config.hint.${name}`);
      return { title: t(`config.name_of.${name}`), hint: hint === '' ? null : hint };
    },
    [t],
  );
}
