/** What narrows the log: words, least severity, jail, and whether rotated files are read too. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { SearchInput } from '../../../ui/search-input.tsx';
import { useSearchText } from '../../../ui/use-search-text.ts';
import { levels, without, type LogView } from './log-view.ts';

interface LogFilterProps {
  view: LogView;
  onView: (view: LogView) => void;
  jails: readonly string[];
  /** Files that rotation left. */
  rotatedFiles: number;
}

export function LogFilter({ view, onView, jails, rotatedFiles }: LogFilterProps) {
  const { t } = useTranslation();
  const known = view.jail === undefined || jails.includes(view.jail) ? jails : [...jails, view.jail];
  const set = <K extends keyof LogView>(name: K, value: LogView[K] | ''): void =>
    onView(value === '' ? without(view, name) : { ...view, [name]: value });
  return (
    <div className="filter" role="search" aria-label={t('log.search_label')}>
      <Words view={view} onView={onView} />
      <label className="log-choice">
        <span className="small soft">{t('log.least')}</span>
        <span className="select-frame">
          <select
            className="input"
            value={view.level ?? ''}
            onChange={({ target }) => set('level', levels.find((level) => level === target.value) ?? '')}
          >
            <option value="">{t('log.any_level')}</option>
            {levels.map((level) => (
              <option key={level} value={level}>
                {t(`log.levels.${level}`)}
              </option>
            ))}
          </select>
          <Icon of={IconSelector} />
        </span>
      </label>
      <label className="log-choice">
        <span className="small soft">{t('log.jail')}</span>
        <span className="select-frame">
          <select
            className="input"
            value={view.jail ?? ''}
            onChange={({ target }) => set('jail', target.value)}
          >
            <option value="">{t('log.any_jail')}</option>
            {known.map((jail) => (
              <option key={jail} value={jail}>
                {jail}
              </option>
            ))}
          </select>
          <Icon of={IconSelector} />
        </span>
      </label>
      {rotatedFiles === 0 && view.rotated === undefined ? null : (
        <label className="log-choice">
          <input
            type="checkbox"
            className="checkbox"
            checked={view.rotated === 'true'}
            onChange={({ target }) => set('rotated', target.checked ? 'true' : '')}
          />
          <span className="small">{t('log.rotated', { count: rotatedFiles })}</span>
        </label>
      )}
    </div>
  );
}

function Words({ view, onView }: Pick<LogFilterProps, 'view' | 'onView'>) {
  const { t } = useTranslation();
  const [typed, setTyped] = useSearchText({
    current: view.filter ?? '',
    wantedOf: (text) => text.trim(),
    send(text) {
      const wanted = text.trim();
      onView(wanted === '' ? without(view, 'filter') : { ...view, filter: wanted });
    },
  });
  return (
    <SearchInput
      value={typed}
      onChange={setTyped}
      placeholder={t('log.search')}
      label={t('log.search_label')}
      most={200}
      wide
    />
  );
}
