/** Names of jails in a sentence: all of them, or the first few. */
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../ui/numbers.ts';

interface JailWords {
  /** `sshd, web and 4 more` */
  list: (jails: readonly string[]) => string;
  /** `in all 9 jails`, `in sshd, web` */
  where: (jails: readonly string[], everywhere: boolean) => string;
}

const named = 3;

export function useJailWords(): JailWords {
  const { t } = useTranslation();
  const list: JailWords['list'] = (jails) => {
    const first = jails.slice(0, named).join(', ');
    const more = jails.length - named;
    return more <= 0 ? first : t('jails.ignored.and_more', { jails: first, n: formatCount(more) });
  };
  return {
    list,
    where: (jails, everywhere) =>
      everywhere
        ? t('jails.ignored.everywhere', { count: jails.length, n: formatCount(jails.length) })
        : t('jails.ignored.in', { jails: list(jails) }),
  };
}
