/** Sign in, then go on to the page asked for. */
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { Note } from '../../../ui/note.tsx';
import { PasswordField } from '../../../ui/password-field.tsx';
import { PlainPage } from '../../../ui/plain-page.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { signIn } from './sign-in.ts';

const route = getRouteApi('/login');

export function LoginPage() {
  const { t } = useTranslation();
  const say = useDurations();
  const { next } = route.useSearch();
  const [password, setPassword] = useState('');
  const { working, problem, wait, logIn } = useLogIn(next ?? '/');
  useEffect(() => {
    document.title = `${t('login.submit')} · BanGUI`;
  }, [t]);
  return (
    <PlainPage name="login">
      <form
        className="login"
        onSubmit={(event) => {
          event.preventDefault();
          if (!working && wait === 0 && password !== '') void logIn(password);
        }}
      >
        <div>
          <h1 className="title">{t('login.title')}</h1>
          {next === undefined ? null : (
            <p className="soft login-next">
              <Trans
                i18nKey="login.then"
                values={{ path: next }}
                components={{ 1: <span className="mono tone-text" /> }}
              />
            </p>
          )}
        </div>
        <PasswordField
          label={t('login.password')}
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          autoFocus
          invalid={problem?.status === 401}
        />
        {problem === null ? null : <LoginProblem problem={problem} wait={wait} />}
        <Button type="submit" kind="primary" size="large" disabled={working || wait > 0}>
          {working
            ? t('login.working')
            : wait > 0
              ? t('login.wait_button', { wait: say(wait) })
              : t('login.submit')}
        </Button>
      </form>
    </PlainPage>
  );
}

function LoginProblem({ problem, wait }: { problem: Problem; wait: number }) {
  const { t } = useTranslation();
  const say = useDurations();
  if (problem.status === 401) {
    return (
      <Note kind="bad" announce>
        <strong>{t('login.wrong')}</strong> {t('login.wrong_text')}
      </Note>
    );
  }
  if (problem.status === 429) {
    return (
      <Note kind="warn">
        <strong>{t('login.wait')}</strong>{' '}
        {wait > 0 ? t('login.wait_text', { wait: say(wait) }) : t('login.wait_over')}
      </Note>
    );
  }
  return <ProblemNote problem={problem} title={t('login.failed')} />;
}

function useLogIn(next: string) {
  const caller = useCaller();
  const queryClient = useQueryClient();
  const router = useRouter();
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [wait, setWait] = useState(0);
  useEffect(() => {
    if (wait <= 0) return undefined;
    const timer = setTimeout(() => setWait(wait - 1), 1000);
    return () => clearTimeout(timer);
  }, [wait]);
  const logIn = async (password: string): Promise<void> => {
    setWorking(true);
    const found = await signIn({ caller, queryClient }, password);
    setWorking(false);
    setProblem(found);
    if (found === null) router.history.replace(next);
    else setWait(Math.ceil(found.retryAfterSeconds ?? 0));
  };
  return { working, problem, wait, logIn };
}
