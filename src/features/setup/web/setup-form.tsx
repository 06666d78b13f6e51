/** The form of the first start. When it succeeds, the new password also signs in. */
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconCircleDashed from '@tabler/icons-react/dist/esm/icons/IconCircleDashed.mjs';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { PasswordField } from '../../../ui/password-field.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { Segments } from '../../../ui/segments.tsx';
import { useSetUp, type LogIn } from './use-set-up.ts';
import { ZoneField } from './zone-field.tsx';

const least = 12;
const most = 128;

interface SetupFormProps {
  codeRequired: boolean;
  logIn: LogIn;
}

export function SetupForm({ codeRequired, logIn }: SetupFormProps) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [code, setCode] = useState('');
  const [zone, setZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [minutes, setMinutes] = useState('480');
  const { working, problem, setUp } = useSetUp(logIn);
  const ready = password.length >= least && password.length <= most && password === again;
  const complete = ready && (!codeRequired || code.trim() !== '');
  return (
    <form
      className="setup-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!complete || working) return;
        void setUp({
          password,
          timezone: zone,
          session_duration_minutes: Number(minutes),
          ...(codeRequired ? { code: code.trim() } : {}),
        });
      }}
    >
      <div>
        <h1 className="title">{t('setup.title')}</h1>
        <p className="soft">{t('setup.once')}</p>
      </div>
      {codeRequired ? (
        <div className="field">
          <label className="field-label" htmlFor="setup-code">
            {t('setup.code')}
          </label>
          <input
            id="setup-code"
            aria-describedby="setup-code-hint"
            className="input input-large mono"
            value={code}
            maxLength={32}
            autoComplete="one-time-code"
            onChange={(event) => setCode(event.target.value)}
          />
          <span id="setup-code-hint" className="field-hint">
            {t('setup.code_hint')}
          </span>
        </div>
      ) : null}
      <PasswordField
        label={t('setup.password')}
        value={password}
        onChange={setPassword}
        autoComplete="new-password"
        autoFocus
        hint={<LengthHint length={password.length} />}
      />
      <PasswordField
        label={t('setup.again')}
        value={again}
        onChange={setAgain}
        autoComplete="new-password"
        hint={
          again === '' ? undefined : (
            <Hint met={again === password} text={again === password ? t('setup.same') : t('setup.differ')} />
          )
        }
      />
      <ZoneField value={zone} onChange={setZone} />
      <div className="field">
        <span className="field-label">{t('setup.session')}</span>
        <Segments
          label={t('setup.session')}
          size="large"
          value={minutes}
          onChange={setMinutes}
          options={[
            { value: '60', label: t('setup.hour') },
            { value: '480', label: t('setup.hours8') },
            { value: '1440', label: t('setup.hours24') },
            { value: '10080', label: t('setup.days7') },
          ]}
        />
      </div>
      {problem === null ? null : (
        <ProblemNote
          problem={problem}
          title={problem.status === 409 ? t('setup.done_elsewhere') : t('setup.failed')}
          {...(problem.status === 409 ? { acts: <Link to="/login">{t('setup.to_login')}</Link> } : {})}
        />
      )}
      <div>
        <Button type="submit" kind="primary" size="large" disabled={!complete || working}>
          {working ? t('setup.working') : t('setup.submit')}
        </Button>
      </div>
    </form>
  );
}

function LengthHint({ length }: { length: number }) {
  const { t } = useTranslation();
  if (length === 0) return <Hint met={false} text={t('setup.length')} />;
  if (length < least) return <Hint met={false} text={t('setup.length_left', { count: least - length })} />;
  if (length > most) return <Hint met={false} text={t('setup.too_long')} />;
  return <Hint met text={t('setup.length')} />;
}

function Hint({ met, text }: { met: boolean; text: string }) {
  return (
    <span className="hint small">
      <Icon of={met ? IconCheck : IconCircleDashed} size={14} tone={met ? 'accent' : 'quiet'} />
      {text}
    </span>
  );
}
