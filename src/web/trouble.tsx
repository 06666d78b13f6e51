/** Above the page while something is wrong: what happened, what still holds, what to do. */
import { Trans, useTranslation } from 'react-i18next';
import type { Status } from '../features/overview/web/status-query.ts';
import { useLive } from '../ui/app-context.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Note } from '../ui/note.tsx';
import { formatCount } from '../ui/numbers.ts';
import { useTimes } from '../ui/page-context.tsx';
import { useDurations } from '../ui/use-durations.ts';
import { useNow } from '../ui/use-now.ts';

interface TroubleProps {
  status: Status | undefined;
  failed: boolean;
  /** ms of the last answer of BanGUI. */
  seenAt: number;
}

export function Trouble({ status, failed, seenAt }: TroubleProps) {
  if (failed) return <ServerGone seenAt={seenAt} />;
  if (status === undefined) return null;
  if (!status.online) return <HostGone status={status} />;
  return <Limits status={status} />;
}

function ServerGone({ seenAt }: { seenAt: number }) {
  const { t } = useTranslation();
  const live = useLive();
  const times = useTimes();
  const say = useDurations();
  const now = useNow(1000);
  return (
    <div className="trouble">
      <Note kind="bad" acts={<Button onClick={() => live.tryNow()}>{t('shell.try_now')}</Button>}>
        <strong>{t('shell.server_gone')}</strong>{' '}
        {seenAt === 0 ? null : (
          <Trans
            i18nKey="shell.server_gone_text"
            values={{ time: times.exact(seenAt, now), age: say((now - seenAt) / 1000) }}
            components={{ 1: <b /> }}
          />
        )}
      </Note>
    </div>
  );
}

function HostGone({ status }: { status: Status }) {
  const { t } = useTranslation();
  const code = `fail2ban.${status.state}`;
  const acts = (
    <>
      <span className="mono soft">{code}</span>
      {status.remedy === null ? null : <CopyButton worded text={status.remedy} what={t('shell.command')} />}
    </>
  );
  return (
    <div className="trouble">
      <Note kind="bad" acts={acts}>
        <strong>{status.reason ?? t(`shell.state.${status.state}`)}</strong> {t('shell.holds')}
        {status.remedy === null ? null : (
          <div className="soft">
            {t('shell.on_host')} <span className="mono tone-text">{status.remedy}</span>
          </div>
        )}
      </Note>
    </div>
  );
}

function Limits({ status }: { status: Status }) {
  const { t } = useTranslation();
  const { mirror } = status;
  if (mirror.state === 'filling') {
    return (
      <div className="trouble">
        <Note kind="info">{t('shell.filling', { bans: formatCount(mirror.bans) })}</Note>
      </div>
    );
  }
  if (mirror.limits.length === 0) return null;
  return (
    <div className="trouble">
      <Note kind="warn">
        {mirror.limits.map((limit) => (
          <div key={limit}>{limit}</div>
        ))}
      </Note>
    </div>
  );
}
