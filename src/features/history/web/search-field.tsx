/** The one field of the history: an address or network, or words of the log lines. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SearchInput } from '../../../ui/search-input.tsx';
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
  return (
    <SearchInput
      value={typed}
      onChange={setTyped}
      placeholder={t('history.search')}
      label={t('history.search_label')}
      most={200}
      wide
    />
  );
}
