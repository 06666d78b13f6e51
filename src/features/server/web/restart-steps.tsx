/** A restart step by step, while it goes on and afterwards. */
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import IconCircleDashed from '@tabler/icons-react/dist/esm/icons/IconCircleDashed.mjs';
import IconCircleXFilled from '@tabler/icons-react/dist/esm/icons/IconCircleXFilled.mjs';
import IconLoader2 from '@tabler/icons-react/dist/esm/icons/IconLoader2.mjs';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { Restart } from './server-query.ts';

const marks = {
  waiting: { shape: IconCircleDashed, tone: 'quiet' },
  not_reached: { shape: IconCircleDashed, tone: 'quiet' },
  running: { shape: IconLoader2, tone: 'accent' },
  done: { shape: IconCircleCheckFilled, tone: 'ok' },
  failed: { shape: IconCircleXFilled, tone: 'bad' },
} as const;

export function RestartSteps({ restart }: { restart: Restart }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const queryClient = useQueryClient();
  const { state, steps, jails, bans, missing } = restart;
  useEffect(() => {
    if (state === 'running') return;
    for (const key of ['server-health', 'server-settings', 'status', 'jails'])
      void queryClient.invalidateQueries({ queryKey: [key] });
  }, [state, queryClient]);
  const at = restart.started_at === null ? '' : times.exact(Date.parse(restart.started_at), now);
  return (
    <div role="group" aria-label={t('server.steps')}>
      <h3 className="small soft">
        {t(`server.restart_state.${state}`, { time: at, actor: restart.actor ?? '' })}
      </h3>
      <ol className="steps" aria-live="polite">
        {steps.map(({ name, outcome, ms, detail }) => (
          <li key={name} className={`step step-${outcome}`}>
            <span className={outcome === 'running' ? 'working' : undefined}>
              <Icon of={marks[outcome].shape} tone={marks[outcome].tone} />
            </span>
            <div>
              <span>{t(`server.step.${name}`)}</span>{' '}
              <span className="small quiet">
                {ms === null
                  ? t(`server.outcome.${outcome}`)
                  : t('server.took', { time: (ms / 1000).toFixed(1) })}
              </span>
              {outcome === 'running' && (name === 'jails' || name === 'bans') ? (
                <div className="small">
                  {t('server.back', {
                    back: formatCount(name === 'jails' ? jails.back : bans.back),
                    of: formatCount(name === 'jails' ? jails.of : bans.of),
                  })}
                </div>
              ) : null}
              {detail === '' ? null : <div className="small soft">{detail}</div>}
            </div>
          </li>
        ))}
      </ol>
      {missing.map(({ jail, line }) => (
        <p key={jail} className="small">
          <b>{jail}</b>{' '}
          {line === null ? (
            t('server.missing')
          ) : (
            <span className="mono">
              <LogText text={line} most={300} />
            </span>
          )}
        </p>
      ))}
    </div>
  );
}
