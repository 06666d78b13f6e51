/** The rule of a jail as a sentence, and its figures. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { useNow } from '../../../ui/use-now.ts';
import { JailState } from './jail-state.tsx';
import type { Jail } from './jails-query.ts';

/** Nothing for a jail that does not run: its rule is not known. */
export function JailRule({ jail }: { jail: Jail }) {
  const { t } = useTranslation();
  const say = useDurations();
  const { max_retry: max, find_seconds: find, ban_seconds: time } = jail;
  if (max === null || find === null || time === null) return null;
  return (
    <p>
      {t('jails.sentence', { max: formatCount(max), find: say(find), time: say(time).toLowerCase() })}
      {jail.increments && time !== -1 ? ` ${t('jails.growing_sentence')}` : ''}
    </p>
  );
}

export function JailFigures({ jail, children }: { jail: Jail; children?: ReactNode }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const runs = jail.state === 'running' || jail.state === 'idle';
  return (
    <dl className="facts">
      <Fact name={t('jails.state')}>
        <JailState state={jail.state} />
        {jail.acted === null ? null : (
          <span className="small quiet">
            {t('jails.acted', { by: jail.acted.by, time: times.moment(Date.parse(jail.acted.at), now) })}
          </span>
        )}
      </Fact>
      {runs ? (
        <>
          <Fact name={t('jails.banned')}>{formatCount(jail.currently_banned)}</Fact>
          <Fact name={t('jails.failing')}>{formatCount(jail.currently_failed)}</Fact>
          <Fact name={t('jails.total_banned')}>{formatCount(jail.total_banned)}</Fact>
          <Fact name={t('jails.total_failed')}>{formatCount(jail.total_failed)}</Fact>
        </>
      ) : null}
      {children}
    </dl>
  );
}

export function Lines({ of }: { of: readonly string[] }) {
  return (
    <ul>
      {of.map((line) => (
        <li key={line} className="mono">
          {line}
        </li>
      ))}
    </ul>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
