/** One entry in full: every line of it, to read and to copy. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { AddressLink } from '../../../ui/address-link.tsx';
import { IconButton } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { spansOf } from './log-columns.tsx';
import type { LogEntry } from './server-query.ts';
import { Severity } from './severity.tsx';

interface EntryPanelProps {
  entry: LogEntry;
  words: string;
  onJail: (jail: string) => void;
  onClose: () => void;
}

export function EntryPanel({ entry, words, onJail, onClose }: EntryPanelProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (matchMedia('(max-width: 959px)').matches) panel.current?.focus();
  }, []);
  const { jail, address, more } = entry;
  const lines = [entry.message, ...more];
  return (
    <aside ref={panel} className="panel" aria-label={t('log.entry')} tabIndex={-1}>
      <header className="panel-head">
        <h2 className="page-title">{t('log.entry')}</h2>
        <span className="panel-place" />
        <CopyButton
          worded
          text={[`${entry.at} ${entry.level} ${lines[0] ?? ''}`, ...more].join('\n')}
          what={t('log.entry')}
        />
        <IconButton label={t('ui.close')} icon={IconX} onClick={onClose} />
      </header>
      <div className="panel-body">
        <dl className="facts">
          <dt>{t('log.time')}</dt>
          <dd>{times.full(Date.parse(entry.at))}</dd>
          <dt>{t('log.level')}</dt>
          <dd>
            <Severity level={entry.level} />
          </dd>
          <dt>{t('log.logger')}</dt>
          <dd>{t('log.logger_value', { logger: entry.logger, pid: entry.pid })}</dd>
          {jail === null ? null : (
            <>
              <dt>{t('log.jail')}</dt>
              <dd>
                <button type="button" className="link-button" onClick={() => onJail(jail)}>
                  {jail}
                </button>
              </dd>
            </>
          )}
          {address === null ? null : (
            <>
              <dt>{t('log.address')}</dt>
              <dd className="mono">
                <AddressLink ip={address} />
              </dd>
            </>
          )}
        </dl>
        <ol className="log-lines mono">
          {numbered(lines).map(({ number, line }) => (
            <li key={number}>
              <LogText text={line} spans={spansOf(line, words)} most={4_000} />
            </li>
          ))}
        </ol>
      </div>
    </aside>
  );
}

/** Lines may repeat, and never change places. */
const numbered = (lines: readonly string[]) => lines.map((line, index) => ({ number: index + 1, line }));
