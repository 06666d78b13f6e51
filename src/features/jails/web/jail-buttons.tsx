/** What can be done to a jail in its present state; a stop that ends bans asks for the jail's name. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs } from '../../../ui/page-context.tsx';
import type { Jail } from './jails-query.ts';
import { useJailActs } from './use-jail-acts.ts';

export function JailButtons({ jail }: { jail: Jail }) {
  const { t } = useTranslation();
  const { off } = useActs();
  const acts = useJailActs();
  const [asking, setAsking] = useState(false);
  const { name, state } = jail;
  const disabled = off !== null || acts.working;
  if (state === 'inactive') return null;
  if (state === 'stopped') {
    return (
      <Button kind="primary" disabled={disabled} onClick={() => void acts.start(name)}>
        {t('jails.act.start')}
      </Button>
    );
  }
  const stop = (): void => {
    if (jail.currently_banned > 0) setAsking(true);
    else void acts.stop(name);
  };
  return (
    <>
      <Button disabled={disabled} onClick={() => void acts.reload(name)}>
        {t('jails.act.reload')}
      </Button>
      <Button disabled={disabled} onClick={() => void acts.idle(name, state === 'running')}>
        {t(state === 'running' ? 'jails.act.idle' : 'jails.act.wake')}
      </Button>
      <Button kind="danger" disabled={disabled} onClick={stop}>
        {t('jails.act.stop')}
      </Button>
      {asking ? (
        <StopDialog
          jail={jail}
          onClose={() => setAsking(false)}
          onStop={() => {
            setAsking(false);
            void acts.stop(name);
          }}
        />
      ) : null}
    </>
  );
}

interface StopDialogProps {
  jail: Jail;
  onClose: () => void;
  onStop: () => void;
}

function StopDialog({ jail, onClose, onStop }: StopDialogProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const { name } = jail;
  const n = formatCount(jail.currently_banned);
  const ready = typed.trim() === name;
  const foot = (
    <>
      <Button onClick={onClose}>{t('ui.cancel')}</Button>
      <Button kind="danger" disabled={!ready} onClick={onStop}>
        {t('jails.stop.submit', { name })}
      </Button>
    </>
  );
  return (
    <Dialog title={t('jails.stop.title', { name })} onClose={onClose} foot={foot}>
      <p>{t('jails.stop.text', { count: jail.currently_banned, n, name })}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onStop();
        }}
      >
        <label className="field">
          <span className="field-label">{t('jails.stop.type', { name })}</span>
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
    </Dialog>
  );
}
