/** The filter's expressions, the settings with where they are written, and how the duration came about. */
import { useTranslation } from 'react-i18next';
import { LogText } from '../../../ui/log-text.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { Why } from './address-query.ts';
import { letterOf } from './letter.ts';

export function WhyFacts({ why }: { why: Why }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const { expressions, settings } = why;
  const named = (['maxretry', 'findtime', 'bantime', 'filter'] as const).flatMap((name) => {
    const setting = settings[name];
    return setting === null ? [] : [{ name, setting }];
  });
  const recorded = settings.recorded_at;
  return (
    <dl className="facts">
      {expressions.length === 0 ? null : (
        <>
          <dt>{t('address.filter_line')}</dt>
          <dd>
            <ul className="why-expressions">
              {expressions.map((expression, index) => (
                <li key={`${expression.file} ${expression.line} ${expression.regex}`}>
                  {expressions.length < 2 ? null : <span className="badge">{letterOf(index)}</span>}
                  {expression.file === null ? null : (
                    <span className="mono soft" title={expression.file}>
                      {place(expression.file, expression.line)}
                    </span>
                  )}{' '}
                  <code className="mono">
                    <LogText text={expression.regex} most={300} />
                  </code>
                  {expressions.length < 2 ? null : (
                    <span className="small quiet"> {t('address.of_lines', { count: expression.lines })}</span>
                  )}
                </li>
              ))}
            </ul>
          </dd>
        </>
      )}
      {named.length === 0 ? null : (
        <>
          <dt title={recorded === null ? undefined : times.exact(Date.parse(recorded), now)}>
            {recorded === null ? t('address.settings_now') : t('address.settings_then')}
          </dt>
          <dd className="why-settings">
            {named.map(({ name, setting }, index) => (
              <span key={name}>
                <code className="mono">
                  {name} {setting.value}
                </code>
                {setting.file === null ? null : (
                  <span className="mono soft" title={setting.file}>
                    {/* the same file is not said twice */}
                    {named[index - 1]?.setting.file === setting.file && setting.line !== null
                      ? `:${setting.line}`
                      : place(setting.file, setting.line)}
                  </span>
                )}
              </span>
            ))}
          </dd>
        </>
      )}
      {why.duration === '' ? null : (
        <>
          <dt>{t('address.duration')}</dt>
          <dd>{why.duration}</dd>
        </>
      )}
    </dl>
  );
}

/** `sshd.conf:43`; the whole path is in the tooltip. */
const place = (file: string, line: number | null): string =>
  `${file.slice(file.lastIndexOf('/') + 1)}${line === null ? '' : `:${line}`}`;
