/** The one field of the history: an address or network, or words of the log lines. */
import { useTranslation } from 'react-i18next';
import { SearchInput } from '../../../ui/search-input.tsx';
import { useSearchText } from '../../../ui/use-search-text.ts';
import { without, type HistoryView } from './history-view.ts';
import { splitSearch } from './search-split.ts';

interface SearchFieldProps {
  view: HistoryView;
  onView: (view: HistoryView) => void;
}

export function SearchField({ view, onView }: SearchFieldProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useSearchText({
    current: view.text ?? view.ip ?? '',
    wantedOf(text) {
      const split = splitSearch(text);
      return split === null ? '' : 'ip' in split ? split.ip : split.text;
    },
    send(text) {
      const split = splitSearch(text);
      // a chip's address stays while one looks for words within it
      const kept = split !== null && 'text' in split && view.text !== undefined;
      onView({ ...(kept ? without(view, 'text') : without(without(view, 'ip'), 'text')), ...split });
    },
  });
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
