/** One jail in full. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs } from '../../../ui/page-context.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { JailState } from './jail-state.tsx';
import type { Jail } from './jails-query.ts';

interface JailPanelProps {
  name: string;
  /** Null when the daemon does not run it. */
  jail: Jail | null;
  onBan: () => void;
  onClose: () => void;
}

export function JailPanel({ name, jail, onBan, onClose }: JailPanelProps) {
  const { t } = useTranslation();
  const { off } = useActs();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (matchMedia('(max-width: 959px)').matches) panel.current?.focus();
  }, []);
  return (
    <aside ref={panel} className="panel" aria-label={t('jails.panel', { name })} tabIndex={-1}>
      <header className="panel-head">
        <h2 className="page-title panel-name">{name}</h2>
        <span className="panel-place" />
        <IconButton label={t('ui.close')} icon={IconX} onClick={onClose} />
      </header>
      {jail === null ? (
        <EmptyState kind="nothing-yet" title={t('jails.gone_title')}>
          {t('jails.gone', { name })}
        </EmptyState>
      ) : (
        <>
          <div className="panel-acts">
            <Link to="/bans" search={{ jail: name }} className="button button-primary">
              {t('jails.see_bans_n', { n: formatCount(jail.currently_banned) })}
            </Link>
            <Button disabled={off !== null} onClick={onBan}>
              {t('jails.ban_in', { jail: name })}
            </Button>
            {off === null ? null : <span className="small soft">{off}</span>}
          </div>
          <JailFacts jail={jail} />
        </>
      )}
    </aside>
  );
}

function JailFacts({ jail }: { jail: Jail }) {
  const { t } = useTranslation();
  const say = useDurations();
  const growth = jail.increments ? t('jails.growing') : t('jails.fixed');
  return (
    <div className="panel-body">
      <p>
        {t('jails.sentence', {
          max: formatCount(jail.max_retry),
          find: say(jail.find_seconds),
          time: say(jail.ban_seconds).toLowerCase(),
        })}
      </p>
      <dl className="facts">
        <Fact name={t('jails.state')}>
          <JailState state={jail.state} />
        </Fact>
        <Fact name={t('jails.banned')}>{formatCount(jail.currently_banned)}</Fact>
        <Fact name={t('jails.failing')}>{formatCount(jail.currently_failed)}</Fact>
        <Fact name={t('jails.total_banned')}>{formatCount(jail.total_banned)}</Fact>
        <Fact name={t('jails.total_failed')}>{formatCount(jail.total_failed)}</Fact>
        <Fact name={t('jails.ban_time')}>
          {say(jail.ban_seconds)} <span className="quiet">{jail.ban_seconds === -1 ? '' : growth}</span>
        </Fact>
        <Fact name={t('jails.find_time')}>{say(jail.find_seconds)}</Fact>
        <Fact name={t('jails.max_retry')}>{formatCount(jail.max_retry)}</Fact>
        {jail.files.length === 0 ? null : (
          <Fact name={t('jails.files')}>
            <Lines of={jail.files} />
          </Fact>
        )}
        {jail.journal_matches.length === 0 ? null : (
          <Fact name={t('jails.journals')}>
            <Lines of={jail.journal_matches} />
          </Fact>
        )}
      </dl>
    </div>
  );
}

function Lines({ of }: { of: readonly string[] }) {
  return (
    <ul>
      {of.map((line) => (
        <li key={line} className="mono">
          {line}
        </li>
      ))}
    </ul>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
