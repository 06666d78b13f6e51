/** How fail2ban does: its socket, the last hour of its log, its database. Stays when the log cannot be read. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { Note } from '../../../ui/note.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { useNow } from '../../../ui/use-now.ts';
import { levels } from './log-view.ts';
import { healthQuery, type Health } from './server-query.ts';
import { Severity } from './severity.tsx';

export function HealthPanel() {
  const { t } = useTranslation();
  const { data, error } = useQuery(healthQuery(useCaller()));
  return (
    <section className="side-part" aria-labelledby="server-health">
      <h2 className="section-title" id="server-health">
        {t('server.health')}
      </h2>
      {error === null ? null : <ProblemNote problem={problemOf(error)} title={t('server.health_failed')} />}
      {data === undefined ? (
        error === null ? (
          <p className="quiet">{t('ui.loading')}</p>
        ) : null
      ) : (
        <>
          <Facts health={data} />
          <Troubles log={data.log} />
        </>
      )}
    </section>
  );
}

function Facts({ health }: { health: Health }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(30_000);
  const say = useDurations();
  const { socket, log, database } = health;
  const at = (iso: string): string => times.moment(Date.parse(iso), now);
  return (
    <>
      {socket.state === 'online' ? null : (
        <Note kind="bad">
          {socket.reason}
          {socket.remedy === null ? null : (
            <div>
              {t('ui.to_do')} <span className="mono">{socket.remedy}</span>
            </div>
          )}
        </Note>
      )}
      {log.unreadable === null ? null : (
        <Note kind="warn">
          {log.unreadable.reason} {log.unreadable.remedy}
        </Note>
      )}
      <dl className="facts">
        <Fact name={t('server.socket')}>
          {t(`server.states.${socket.state}`)}{' '}
          <span className="quiet">{t('server.since', { time: at(socket.since) })}</span>
        </Fact>
        <Fact name={t('server.up')}>
          {health.up_since === null
            ? t('server.unknown')
            : t('server.up_value', { version: health.version ?? '', time: at(health.up_since) })}
        </Fact>
        {log.from === null ? null : (
          <Fact name={t('server.last_hour')}>
            <Levels counts={log.levels} />
            {now - Date.parse(log.from) < 3_500_000 ? (
              <div className="quiet">{t('server.only_since', { time: at(log.from) })}</div>
            ) : null}
          </Fact>
        )}
        <Fact name={t('server.database')}>
          {database.bytes === null ? database.reason : formatSize(database.bytes)}
          {database.oldest_ban_at === null ? null : (
            <div className="quiet">{t('server.oldest', { time: at(database.oldest_ban_at) })}</div>
          )}
        </Fact>
        {database.purge_seconds === null ? null : (
          <Fact name={t('server.purge')}>
            {t('server.purge_value', { time: say(database.purge_seconds) })}
            <div className="quiet">
              {database.last_purge_at === null
                ? t('server.not_purged')
                : t('server.purged', { time: at(database.last_purge_at) })}
            </div>
          </Fact>
        )}
      </dl>
    </>
  );
}

function Levels({ counts }: { counts: Health['log']['levels'] }) {
  const { t } = useTranslation();
  const known = levels.filter((level) => (counts[level] ?? 0) > 0);
  if (known.length === 0) return t('server.silent');
  return (
    <ul className="level-counts">
      {known.map((level) => (
        <li key={level}>
          <Severity level={level} /> <b>{formatCount(counts[level] ?? 0)}</b>
        </li>
      ))}
    </ul>
  );
}

function Troubles({ log }: { log: Health['log'] }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(30_000);
  if (log.from === null) return null;
  if (log.troubles.length === 0) return <p className="small quiet">{t('server.no_troubles')}</p>;
  return (
    <>
      <h3 className="small soft">{t('server.troubles')}</h3>
      <ul className="troubles">
        {log.troubles.map((trouble) => (
          <li key={`${trouble.level} ${trouble.logger} ${trouble.message}`}>
            <div className="small">
              <Severity level={trouble.level} />{' '}
              <b>{t('server.times', { count: trouble.count, n: formatCount(trouble.count) })}</b>{' '}
              <span className="quiet">
                {t('server.last', { time: times.exact(Date.parse(trouble.last_at), now) })}
              </span>
            </div>
            <div className="mono">
              <LogText text={trouble.message} most={160} />
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** `412 kB`, `3.4 MB`. */
function formatSize(bytes: number): string {
  const [size, unit] = bytes < 1_000_000 ? [bytes / 1_000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${size.toLocaleString('en-GB', { maximumFractionDigits: size < 10 ? 1 : 0 })}\u00a0${unit}`;
}
