/** Restarts fail2ban after the words are typed; says beforehand what it costs. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Note } from '../../../ui/note.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import type * as contract from '../contract.ts';
import type { Restart } from './server-query.ts';

/** Not translated: it names the program. */
const phrase = 'restart fail2ban';
/** From here on it is a warning. */
const longSeconds = 30;

interface RestartDialogProps {
  forecast: Restart['forecast'];
  onClose: () => void;
}

export function RestartDialog({ forecast, onClose }: RestartDialogProps) {
  const { t } = useTranslation();
  const caller = useCaller();
  const queryClient = useQueryClient();
  const say = useDurations();
  const [typed, setTyped] = useState('');
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ready = typed.trim().toLowerCase() === phrase && !working;
  const submit = async (): Promise<void> => {
    setWorking(true);
    const result = await caller.call<typeof contract.startRestart>('POST /api/v1/server/restart');
    setWorking(false);
    if (!result.ok) {
      setProblem(result.problem);
      return;
    }
    await queryClient.invalidateQueries({ queryKey: ['server-restart'] });
    onClose();
  };
  const { jails, bans, seconds, command } = forecast;
  const foot = (
    <>
      <Button onClick={onClose}>{t('ui.cancel')}</Button>
      <Button kind="danger" disabled={!ready} onClick={() => void submit()}>
        {t('server.restart')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('server.restart_title')} onClose={onClose} foot={foot}>
      <p>{t('server.restart_text', { count: jails, n: formatCount(jails), bans: formatCount(bans) })}</p>
      {seconds === 0 ? null : (
        <Note kind={seconds >= longSeconds ? 'warn' : 'info'}>
          {t('server.restart_time', { bans: formatCount(bans), time: say(seconds) })}
        </Note>
      )}
      <p className="small soft">
        <Trans
          i18nKey="server.restart_command"
          values={{ command }}
          components={{ 1: <span className="mono" /> }}
        />
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void submit();
        }}
      >
        <label className="field">
          <span className="field-label">
            <Trans i18nKey="server.restart_type" components={{ 1: <span className="mono" /> }} />
          </span>
          <input
            className="input mono"
            value={typed}
            autoFocus
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      </form>
      {problem === null ? null : <ProblemNote problem={problem} title={t('server.restart_failed')} />}
    </Dialog>
  );
}
