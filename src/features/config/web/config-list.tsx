/** The list at the left: jails that run, jails that are off, files; or filters, or actions, with who uses them. */
import IconAlertOctagon from '@tabler/icons-react/dist/esm/icons/IconAlertOctagon.mjs';
import IconCircle from '@tabler/icons-react/dist/esm/icons/IconCircle.mjs';
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import { Link } from '@tanstack/react-router';
import { useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { SearchInput } from '../../../ui/search-input.tsx';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import type { ConfigView } from './config-view.ts';
import type { ListGroup, ListRow } from './list-rows.ts';

interface ConfigListProps {
  label: string;
  groups: readonly ListGroup[];
  /** Key of the open row. */
  open: string | null;
  placeholder: string;
  /** Acts under the search field. */
  acts?: ReactNode;
  /** Instead of rows, when there are none. */
  empty?: ReactNode;
}

export function ConfigList({ label, groups, open, placeholder, acts, empty }: ConfigListProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const list = useRef<HTMLElement>(null);
  const move = (step: 1 | -1): void => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('.config-row') ?? [])];
    const focused = rows.findIndex((row) => row === document.activeElement);
    const at = focused === -1 ? rows.findIndex((row) => row.hasAttribute('aria-current')) : focused;
    rows[Math.min(Math.max(0, at + step), rows.length - 1)]?.focus();
  };
  useShortcut({ keys: 'j', group: 'list', label: t('shortcuts.next'), run: () => move(1) });
  useShortcut({ keys: 'k', group: 'list', label: t('shortcuts.previous'), run: () => move(-1) });
  const text = search.trim().toLowerCase();
  const found = groups
    .map((group) => ({ ...group, rows: group.rows.filter((row) => row.name.toLowerCase().includes(text)) }))
    .filter(({ rows }) => rows.length > 0);
  return (
    <nav
      ref={list}
      className="config-list"
      aria-label={label}
      onKeyDown={(event) => {
        const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        if (step === 0) return;
        event.preventDefault();
        move(step);
      }}
    >
      <div className="config-list-head" role="search">
        <SearchInput
          value={search}
          onChange={setSearch}
          placeholder={placeholder}
          label={placeholder}
          most={200}
          wide
        />
        {acts}
      </div>
      {found.map((group) => (
        <details key={group.key} open className="config-group">
          <summary className="small quiet">
            {group.title} <span>{formatCount(group.rows.length)}</span>
          </summary>
          <ul>
            {group.rows.map((row) => (
              <li key={row.key}>
                <Row row={row} open={row.key === open} />
              </li>
            ))}
          </ul>
        </details>
      ))}
      {found.length > 0 ? null : text === '' ? (
        empty
      ) : (
        <p className="config-none soft">{t('config.none_match', { search })}</p>
      )}
    </nav>
  );
}

function Row({ row, open }: { row: ListRow; open: boolean }) {
  const search: ConfigView = row.view;
  return (
    <Link
      to="/config"
      search={search}
      className="config-row"
      {...(open ? { 'aria-current': 'true' as const } : {})}
      activeOptions={{ exact: true }}
      activeProps={{}}
    >
      <span className="config-row-name">{row.name}</span>
      <RowEnd row={row} />
    </Link>
  );
}

function RowEnd({ row }: { row: ListRow }) {
  const { t } = useTranslation();
  if (row.errors > 0) {
    return (
      <span className="config-row-end tone-bad">
        <Icon of={IconAlertOctagon} size={14} />
        {t('config.errors', { count: row.errors, n: formatCount(row.errors) })}
      </span>
    );
  }
  if (row.draft) return <span className="badge badge-accent">{t('config.draft')}</span>;
  if (row.state !== null) {
    const on = row.state === 'on';
    return (
      <span className="config-row-end">
        <Icon of={on ? IconCircleCheckFilled : IconCircle} size={14} tone={on ? 'ok' : 'quiet'} />
        {t(`config.state_${row.state}`)}
      </span>
    );
  }
  return <span className="config-row-end quiet">{row.note}</span>;
}
