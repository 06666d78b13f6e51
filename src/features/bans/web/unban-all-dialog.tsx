/** Ends every ban of every jail, after the words are typed. */
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs } from '../../../ui/page-context.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import type * as contract from '../contract.ts';
import { readListsAgain } from './ban-acts.ts';
import { useActDeps } from './use-act-deps.ts';
import type { BansMoment } from './bans-empty.tsx';

/** The words the server asks for; not translated. */
const phrase = 'unban all';

export function UnbanAllDialog({ moment, onClose }: { moment: BansMoment; onClose: () => void }) {
  const { t } = useTranslation();
  const { caller, queryClient, toasts } = useActDeps();
  const { off } = useActs();
  const [typed, setTyped] = useState('');
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ready = typed.trim().toLowerCase() === phrase && off === null && !working;
  const n = formatCount(moment.bannedNow);
  const submit = async (): Promise<void> => {
    setWorking(true);
    const result = await caller.call<typeof contract.unbanAll>('DELETE /api/v1/bans/all', {
      body: { confirm: phrase },
    });
    setWorking(false);
    if (!result.ok) {
      setProblem(result.problem);
      return;
    }
    onClose();
    await readListsAgain(queryClient);
    const { released } = result.value;
    toasts.show({ tone: 'ok', title: t('act.released', { count: released, n: formatCount(released) }) });
  };
  const foot = (
    <>
      {off === null ? null : <span className="foot-reason small soft">{off}</span>}
      <Button onClick={onClose}>{t('ui.cancel')}</Button>
      <Button kind="danger" disabled={!ready} onClick={() => void submit()}>
        {t('unban_all.submit', { n })}
      </Button>
    </>
  );
  return (
    <Dialog title={t('unban_all.title')} onClose={onClose} foot={foot}>
      <p>{t('unban_all.text', { count: moment.jails, n })}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void submit();
        }}
      >
        <label className="field">
          <span className="field-label">
            <Trans i18nKey="unban_all.type" components={{ 1: <span className="mono" /> }} />
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
      {problem === null ? null : <ProblemNote problem={problem} title={t('unban_all.failed')} />}
    </Dialog>
  );
}
