/** What the daemon runs a jail with, what the configuration says and where, and the files it reads. */
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconMinus from '@tabler/icons-react/dist/esm/icons/IconMinus.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { Fact, Lines } from './jail-facts.tsx';
import type { JailDetail } from './jails-query.ts';

const shapes = { there: IconCheck, gone: IconAlertTriangle, unseen: IconMinus } as const;
const tones = { there: 'ok', gone: 'bad', unseen: 'quiet' } as const;

export function LogPaths({ jail }: { jail: JailDetail }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  return (
    <section className="panel-part" aria-label={t('jails.reads')}>
      <h2 className="section-title">{t('jails.reads')}</h2>
      {jail.log_paths.length + jail.journal_matches.length === 0 ? (
        <p className="quiet">{t('jails.reads_nothing')}</p>
      ) : null}
      <ul className="jail-rows">
        {jail.log_paths.map(({ path, state, modified_at: written }) => (
          <li key={path}>
            <Icon of={shapes[state]} size={14} tone={tones[state]} />
            <span className="mono jail-cut">{path}</span>
            <span className="small quiet">
              {written === null
                ? t(`jails.path.${state}`)
                : t('jails.path.written', { time: times.moment(Date.parse(written), now) })}
            </span>
          </li>
        ))}
        {jail.journal_matches.map((match) => (
          <li key={match}>
            <span className="small quiet">{t('jails.journal')}</span>
            <span className="mono jail-cut">{match}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function JailRuntime({ jail }: { jail: JailDetail }) {
  const { t } = useTranslation();
  const { runtime } = jail;
  if (runtime === null) return null;
  return (
    <section className="panel-part" aria-label={t('jails.runtime')}>
      <h2 className="section-title">{t('jails.runtime')}</h2>
      <dl className="facts">
        <Fact name={t('jails.date_pattern')}>
          {runtime.date_pattern === null ? (
            t('jails.date_usual')
          ) : (
            <span className="mono">{runtime.date_pattern}</span>
          )}
        </Fact>
        {runtime.time_zone === null ? null : (
          <Fact name={t('jails.time_zone')}>
            <span className="mono">{runtime.time_zone}</span>
          </Fact>
        )}
        <Fact name={t('jails.actions')}>
          {runtime.actions.length === 0 ? (
            t('jails.no_action')
          ) : (
            <ul>
              {runtime.actions.map(({ name, properties }) => (
                <li key={name}>
                  <details>
                    <summary className="mono">{name}</summary>
                    <span className="mono small soft">{properties.join(', ')}</span>
                  </details>
                </li>
              ))}
            </ul>
          )}
        </Fact>
      </dl>
      <details className="jail-expressions">
        <summary>
          {t('jails.expressions', {
            count: runtime.expressions.length,
            n: formatCount(runtime.expressions.length),
          })}
        </summary>
        {runtime.prefix === null ? null : <Lines of={[runtime.prefix]} />}
        <Lines of={runtime.expressions} />
      </details>
    </section>
  );
}

export function Configured({ jail }: { jail: JailDetail }) {
  const { t } = useTranslation();
  return (
    <section className="panel-part" aria-label={t('jails.configured')}>
      <h2 className="section-title">{t('jails.configured')}</h2>
      {jail.configured.length === 0 ? <p className="quiet">{t('jails.configured_none')}</p> : null}
      <table className="jail-configured">
        <thead className="sr-only">
          <tr>
            <th>{t('jails.option')}</th>
            <th>{t('jails.value')}</th>
            <th>{t('jails.place')}</th>
          </tr>
        </thead>
        <tbody>
          {jail.configured.map(({ option, value, file, line }) => (
            <tr key={option}>
              <th scope="row" className="mono">
                {option}
              </th>
              <td className="mono">{value === '' ? '–' : value}</td>
              <td className="mono small quiet">{`${file}:${line}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
