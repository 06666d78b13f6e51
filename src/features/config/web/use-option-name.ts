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
] as const;

export function useOptionName(): (option: string) => string {
  const { t } = useTranslation();
  return useCallback(
    (option) => {
      const name = known.find((each) => each === option.replaceAll('.', '_'));
      return name === undefined ? option : t(`config.name_of.${name}`);
    },
    [t],
  );
}
