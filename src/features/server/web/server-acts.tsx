/** Flush, reload and restart of fail2ban, and how the last restart went. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs } from '../../../ui/page-context.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import type * as contract from '../contract.ts';
import { RestartDialog } from './restart-dialog.tsx';
import { RestartSteps } from './restart-steps.tsx';
import { restartQuery } from './server-query.ts';

export function ServerActs() {
  const { t } = useTranslation();
  const caller = useCaller();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const { off } = useActs();
  const { data: restart } = useQuery(restartQuery(caller));
  const [asking, setAsking] = useState(false);
  const [working, setWorking] = useState<'flush' | 'reload' | null>(null);
  const [failure, setFailure] = useState<{ title: string; problem: Problem } | null>(null);
  const running = restart?.state === 'running';

  const flush = async (): Promise<void> => {
    setWorking('flush');
    setFailure(null);
    const result = await caller.call<typeof contract.flushLogs>('POST /api/v1/server/flush-logs');
    setWorking(null);
    if (result.ok) toasts.show({ tone: 'ok', title: t('server.flushed') });
    else setFailure({ title: t('server.flush_failed'), problem: result.problem });
  };
  const reload = async (): Promise<void> => {
    setWorking('reload');
    setFailure(null);
    const result = await caller.call<typeof contract.reloadServer>('POST /api/v1/server/reload');
    setWorking(null);
    void queryClient.invalidateQueries({ queryKey: ['jails'] });
    if (!result.ok) {
      setFailure({ title: t('server.reload_failed'), problem: result.problem });
      return;
    }
    const { jails, missing } = result.value;
    toasts.show({
      tone: missing.length === 0 ? 'ok' : 'bad',
      title: t('server.reloaded', { count: jails, n: formatCount(jails) }),
      ...(missing.length === 0 ? {} : { detail: t('server.stopped', { jails: missing.join(', ') }) }),
    });
  };
  const busy = working !== null || running;
  return (
    <section className="side-part" aria-labelledby="server-acts">
      <h2 className="section-title" id="server-acts">
        {t('server.acts')}
      </h2>
      <div className="side-acts">
        <Button disabled={off !== null || busy} onClick={() => void flush()}>
          {working === 'flush' ? t('server.flushing') : t('server.flush')}
        </Button>
        <Button disabled={off !== null || busy} onClick={() => void reload()}>
          {working === 'reload' ? t('server.reloading') : t('server.reload')}
        </Button>
        <Button kind="danger" disabled={busy || restart === undefined} onClick={() => setAsking(true)}>
          {running ? t('server.restarting') : t('server.restart')}
        </Button>
      </div>
      <p className="small quiet">{off !== null && !running ? off : t('server.acts_text')}</p>
      {failure === null ? null : <ProblemNote problem={failure.problem} title={failure.title} />}
      {restart === undefined || restart.state === 'never' ? null : <RestartSteps restart={restart} />}
      {asking && restart !== undefined ? (
        <RestartDialog forecast={restart.forecast} onClose={() => setAsking(false)} />
      ) : null}
    </section>
  );
}
