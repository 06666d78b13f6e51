/** State left, freshness right, always: what fail2ban is doing now and how old this knowledge is. */
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import IconCircleDashed from '@tabler/icons-react/dist/esm/icons/IconCircleDashed.mjs';
import IconFlask from '@tabler/icons-react/dist/esm/icons/IconFlask.mjs';
import IconPlugConnectedX from '@tabler/icons-react/dist/esm/icons/IconPlugConnectedX.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';
import type { Status } from '../features/overview/web/status-query.ts';
import { Icon } from '../ui/icon.tsx';
import { Key, modKey } from '../ui/key.tsx';
import { Mark } from '../ui/mark.tsx';
import { formatCount } from '../ui/numbers.ts';
import { useTimes } from '../ui/page-context.tsx';
import { useDurations } from '../ui/use-durations.ts';
import { useNow } from '../ui/use-now.ts';
import { Freshness } from './freshness.tsx';

interface StateStripProps {
  status: Status | undefined;
  /** BanGUI itself did not answer the last time. */
  failed: boolean;
  onCommands: () => void;
}

export function StateStrip({ status, failed, onCommands }: StateStripProps) {
  const { t } = useTranslation();
  const online = status?.online === true && !failed;
  const word = failed ? 'no_answer' : (status?.state ?? 'unknown');
  return (
    <header className="strip">
      <Link to="/" className="brand">
        <Mark />
        <span className="brand-name">BanGUI</span>
        <span className="brand-host">{status?.host_name}</span>
      </Link>
      <div className="strip-state" role="group" aria-label={t('shell.status')}>
        <span className={`strip-word ${online || word === 'unknown' ? '' : 'tone-bad'}`} role="status">
          <Icon
            of={online ? IconCircleCheckFilled : word === 'unknown' ? IconCircleDashed : IconPlugConnectedX}
            tone={online ? 'ok' : word === 'unknown' ? 'quiet' : 'bad'}
          />
          {t(`shell.state.${word}`)}
        </span>
        {status === undefined || failed ? null : online ? (
          <Running status={status} />
        ) : (
          <Gone status={status} />
        )}
      </div>
      <Freshness status={status} failed={failed} />
      <button type="button" className="command-field" onClick={onCommands}>
        <Icon of={IconSearch} />
        <span className="command-field-text">{t('commands.field')}</span>
        <Key name={modKey} />
      </button>
      {status?.practice === true ? (
        <p className="practice small">
          <Icon of={IconFlask} size={14} tone="warn" />
          {t('shell.practice')}
        </p>
      ) : null}
    </header>
  );
}

function Running({ status }: { status: Status }) {
  const { t } = useTranslation();
  const now = useNow(30_000);
  const say = useDurations();
  return (
    <>
      <span className="strip-fact fact-version">{status.version}</span>
      {status.up_since === null ? null : (
        <span className="strip-fact fact-up">
          {t('shell.up')} <b>{say((now - Date.parse(status.up_since)) / 1000)}</b>
        </span>
      )}
      <span className="strip-fact fact-jails">
        <b>{formatCount(status.jails)}</b> {t('shell.jails', { count: status.jails })}
      </span>
      <span className="strip-fact fact-banned">
        <b>{formatCount(status.banned_now)}</b> {t('shell.banned_now')}
      </span>
      <span className="strip-fact fact-failing">
        <b>{formatCount(status.failed_now)}</b> {t('shell.failing_now')}
      </span>
    </>
  );
}

function Gone({ status }: { status: Status }) {
  const { t } = useTranslation();
  const now = useNow(1000);
  const times = useTimes();
  const say = useDurations();
  const since = Date.parse(status.since);
  return (
    <>
      <span className="strip-fact">
        <Trans
          i18nKey="shell.since"
          values={{ time: times.exact(since, now), age: say((now - since) / 1000) }}
          components={{ 1: <b /> }}
        />
      </span>
      {status.version === null ? null : (
        <span className="strip-fact fact-was">
          {t('shell.was', { version: status.version, jails: t('shell.was_jails', { count: status.jails }) })}
        </span>
      )}
    </>
  );
}
