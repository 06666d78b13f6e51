/** Asks for the password before a change that makes fail2ban run commands as root; it names them. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Note } from '../../../ui/note.tsx';
import { PasswordField } from '../../../ui/password-field.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import type { Problem } from '../../../ui/problem.ts';
import type { Check } from './config-query.ts';

export type Confirm = (password: string) => Promise<Problem | null>;

interface ConfirmDialogProps {
  commands: Check['commands'];
  confirm: Confirm;
  onConfirmed: () => void;
  onClose: () => void;
}

export function ConfirmDialog({ commands, confirm, onConfirmed, onClose }: ConfirmDialogProps) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (): void => {
    setBusy(true);
    setProblem(null);
    void confirm(password).then((answer) => {
      setBusy(false);
      if (answer === null) onConfirmed();
      else setProblem(answer);
    });
  };
  return (
    <Dialog title={t('config.confirm_title')} onClose={onClose}>
      <form
        className="config-confirm"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Note kind="warn">{t('config.confirm_text')}</Note>
        {commands.length === 0 ? null : (
          <ul className="config-commands">
            {commands.map(({ line, section, option }) => (
              <li key={`${line} ${section} ${option}`}>
                <span className="mono">
                  [{section}] {option}
                </span>{' '}
                <span className="small quiet">{t('config.line_n', { n: line })}</span>
              </li>
            ))}
          </ul>
        )}
        <PasswordField
          label={t('login.password')}
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          autoFocus
          invalid={problem !== null}
          hint={<span className="hint">{t('config.confirm_hint')}</span>}
        />
        {problem === null ? null : <ProblemNote problem={problem} title={t('config.confirm_failed')} />}
        <div className="config-confirm-acts">
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={password === '' || busy}>
            {t('config.confirm_act')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
