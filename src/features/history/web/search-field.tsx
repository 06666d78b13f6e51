/** The one field of the history: an address or network, or words of the log lines. */
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { Key } from '../../../ui/key.tsx';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import { without, type HistoryView } from './history-view.ts';
import { splitSearch } from './search-split.ts';

const quietMs = 150;

interface SearchFieldProps {
  view: HistoryView;
  onView: (view: HistoryView) => void;
}

export function SearchField({ view, onView }: SearchFieldProps) {
  const { t } = useTranslation();
  const current = view.text ?? view.ip ?? '';
  const [typed, setTyped] = useState(current);
  const [told, setTold] = useState(current);
  const field = useRef<HTMLInputElement>(null);
  // the URL changed by itself (a link, Clear, back): the field follows
  if (current !== told) {
    setTold(current);
    setTyped(current);
  }
  useEffect(() => {
    const split = splitSearch(typed);
    const wanted = split === null ? '' : 'ip' in split ? split.ip : split.text;
    if (wanted === current) return undefined;
    const timer = setTimeout(() => {
      setTold(wanted);
      // a chip's address stays while one looks for words within it
      const kept = split !== null && 'text' in split && view.text !== undefined;
      onView({ ...(kept ? without(view, 'text') : without(without(view, 'ip'), 'text')), ...split });
    }, quietMs);
    return () => clearTimeout(timer);
  }, [typed, current, view, onView]);
  useShortcut({ keys: '/', group: 'list', label: t('shortcuts.filter'), run: () => field.current?.focus() });
  return (
    <span className="input-frame filter-search filter-search-wide">
      <span className="input-icon">
        <Icon of={IconSearch} />
      </span>
      <input
        ref={field}
        className="input"
        type="search"
        value={typed}
        placeholder={t('history.search')}
        aria-label={t('history.search_label')}
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') field.current?.blur();
          if (event.key === 'Enter' || event.key === 'ArrowDown') {
            event.preventDefault();
            document.querySelector<HTMLElement>('[role=row][tabindex="0"]')?.focus();
          }
        }}
      />
      <span className="input-end">
        <Key name="/" />
      </span>
    </span>
  );
}
