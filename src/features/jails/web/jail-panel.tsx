/** One jail beside the list: what it is, how it does, what can be done; its page holds the rest. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs } from '../../../ui/page-context.tsx';
import { JailButtons } from './jail-buttons.tsx';
import { Fact, JailFigures, JailRule, Lines } from './jail-facts.tsx';
import { HealthNotes } from './jail-health.tsx';
import type { Jail } from './jails-query.ts';

interface JailPanelProps {
  name: string;
  /** Null when it is not among those listed. */
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
            {jail.ban_seconds === null ? null : (
              <>
                <Link to="/bans" search={{ jail: name }} className="button button-primary">
                  {t('jails.see_bans_n', { n: formatCount(jail.currently_banned) })}
                </Link>
                <Button disabled={off !== null} onClick={onBan}>
                  {t('jails.ban_in', { jail: name })}
                </Button>
              </>
            )}
            <JailButtons jail={jail} />
            <Link to="/jails/$name" params={{ name }} className="button button-ghost">
              {t('jails.open_page')}
            </Link>
            {off === null ? null : <span className="small soft">{off}</span>}
          </div>
          <div className="panel-body">
            <HealthNotes jail={jail} />
            <JailRule jail={jail} />
            <JailFigures jail={jail}>
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
            </JailFigures>
          </div>
        </>
      )}
    </aside>
  );
}
