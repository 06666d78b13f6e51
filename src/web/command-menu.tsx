/** Everything by its name: one field, one list, no mouse needed. */
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Key } from '../ui/key.tsx';
import type { Command } from './command.ts';
import { useCommandGroups } from './command-groups.ts';

interface CommandMenuProps {
  onClose: () => void;
  onHelp: () => void;
}

const quietMs = 120;

export function CommandMenu({ onClose, onHelp }: CommandMenuProps) {
  const { t } = useTranslation();
  const id = useId();
  const [typed, setTyped] = useState('');
  const settled = useSettled(typed);
  const groups = useCommandGroups(settled, onHelp);
  const items = groups.flatMap((group) => group.items);
  const [chosen, setChosen] = useState(0);
  const at = Math.min(chosen, items.length - 1);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [at, groups]);
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    onClose();
    // the dialog gives the focus back first: what the command opens may take it
    setTimeout(command.run);
  };
  const entered = useRef(false);
  useEffect(() => {
    if (!entered.current || settled !== typed) return;
    entered.current = false;
    run(items[at]);
  });
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const last = items.length - 1;
    const steps: Record<string, number> = {
      ArrowDown: at >= last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      PageDown: Math.min(last, at + 8),
      PageUp: Math.max(0, at - 8),
    };
    const next = steps[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setChosen(next);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      // what stands in the list is for what was typed a moment ago: the rest is waited for
      if (settled === typed) run(items[at]);
      else entered.current = true;
    } else if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onClose();
    }
  };
  return (
    <Dialog title={t('commands.title')} onClose={onClose} bare>
      <div className="commands-head">
        <Icon of={IconSearch} tone="quiet" />
        <input
          className="commands-input"
          role="combobox"
          aria-expanded
          aria-controls={`${id}list`}
          aria-autocomplete="list"
          {...(at >= 0 ? { 'aria-activedescendant': `${id}${at}` } : {})}
          aria-label={t('commands.placeholder')}
          aria-describedby={`${id}keys`}
          placeholder={t('commands.placeholder')}
          value={typed}
          autoFocus
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setTyped(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        <button type="button" className="commands-close" aria-label={t('ui.close')} onClick={onClose}>
          <Key name="Esc" />
          <span className="commands-close-word small">{t('ui.close')}</span>
        </button>
      </div>
      <span id={`${id}keys`} className="sr-only">
        {t('commands.keys')}
      </span>
      <span className="sr-only" role="status">
        {t('commands.count', { count: items.length })}
      </span>
      <div
        ref={list}
        id={`${id}list`}
        role="listbox"
        aria-label={t('commands.title')}
        className="commands-list"
      >
        {groups.map((group) => (
          <div key={group.title} role="group" aria-label={group.title}>
            <div className="commands-title small quiet" aria-hidden>
              {group.title}
            </div>
            {group.items.map((command) => {
              const own = items.indexOf(command);
              return (
                <div
                  key={command.id}
                  id={`${id}${own}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={own === at}
                  className="command"
                  onMouseMove={() => setChosen(own)}
                  onClick={() => run(command)}
                >
                  <Icon of={command.icon} />
                  <span className={command.mono === true ? 'mono' : ''}>{command.label}</span>
                  <CommandEnd command={command} first={own === at} />
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </Dialog>
  );
}

function CommandEnd({ command, first }: { command: Command; first: boolean }) {
  if (first) return <span className="command-end">{<Key name="Enter" />}</span>;
  const { end } = command;
  if (end === undefined) return null;
  const keys = /^(?:[a-z?]|g [a-z])$/.test(end);
  return (
    <span className="command-end small quiet">
      {keys ? end.split(' ').map((key) => <Key key={key} name={key} />) : end}
    </span>
  );
}

/** Empty at once, otherwise when the typing rests: each rest may ask the server. */
function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), typed === '' ? 0 : quietMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}
