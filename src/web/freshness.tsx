/** How fresh the page is, and the switch that holds it still. */
import IconAntennaBars5 from '@tabler/icons-react/dist/esm/icons/IconAntennaBars5.mjs';
import IconClock from '@tabler/icons-react/dist/esm/icons/IconClock.mjs';
import IconPlayerPause from '@tabler/icons-react/dist/esm/icons/IconPlayerPause.mjs';
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { Status } from '../features/overview/web/status-query.ts';
import { useHeardAt, useLive, useLiveState } from '../ui/app-context.tsx';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useTimes } from '../ui/page-context.tsx';
import { useDurations } from '../ui/use-durations.ts';
import { useNow } from '../ui/use-now.ts';
import { useShortcut } from '../ui/use-shortcut.ts';

interface FreshnessProps {
  status: Status | undefined;
  failed: boolean;
}

export function Freshness({ status, failed }: FreshnessProps) {
  const { t } = useTranslation();
  const live = useLive();
  const state = useLiveState();
  const toggle = (): void => (state.kind === 'paused' ? live.resume() : live.pause());
  useShortcut({ keys: 'p', group: 'list', label: t('shortcuts.pause'), run: toggle });
  const paused = state.kind === 'paused';
  const calm = status?.online === true && !failed && (state.kind === 'live' || state.kind === 'connecting');
  return (
    <div className={`freshness ${calm ? '' : 'freshness-old'}`}>
      <Icon of={calm ? IconAntennaBars5 : IconClock} tone={calm ? 'accent' : 'warn'} />
      <FreshnessText status={status} failed={failed} />
      <IconButton
        label={paused ? t('shell.resume') : t('shell.pause')}
        icon={paused ? IconPlayerPlay : IconPlayerPause}
        aria-pressed={paused}
        onClick={toggle}
      />
    </div>
  );
}

function FreshnessText({ status, failed }: FreshnessProps) {
  const { t } = useTranslation();
  const state = useLiveState();
  const heardAt = useHeardAt();
  const now = useNow(1000);
  const times = useTimes();
  const say = useDurations();
  // the first moment of this component stands for "as of" until the stream has said something
  const [born] = useState(now);
  const bold = { 1: <b /> };
  if (state.kind === 'paused') {
    return (
      <span>
        <Trans i18nKey="shell.paused" values={{ time: times.exact(state.since, now) }} components={bold} />
      </span>
    );
  }
  if (status !== undefined && !status.online && !failed) {
    if (status.as_of === null) return <span>{t('shell.never_seen')}</span>;
    const asOf = Date.parse(status.as_of);
    const values = { time: times.exact(asOf, now), age: say((now - asOf) / 1000) };
    return (
      <span>
        <Trans i18nKey="shell.last_seen" values={values} components={bold} />
      </span>
    );
  }
  if (state.kind === 'broken') {
    const wait = Math.ceil((state.nextTryAt - now) / 1000);
    return <span>{wait > 0 ? t('shell.broken', { wait: say(wait) }) : t('shell.broken_now')}</span>;
  }
  if (status === undefined || state.kind === 'connecting') return <span>{t('shell.connecting')}</span>;
  const asOf = Math.max(heardAt ?? born, status.as_of === null ? 0 : Date.parse(status.as_of));
  return (
    <span>
      <Trans i18nKey="shell.live" values={{ time: times.clock(asOf) }} components={bold} />
    </span>
  );
}
