/** The head of a table: names, the sorted column with its arrow, and the box that selects all rows shown. */
import IconArrowNarrowDown from '@tabler/icons-react/dist/esm/icons/IconArrowNarrowDown.mjs';
import IconArrowNarrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowNarrowUp.mjs';
import { useTranslation } from 'react-i18next';
import type { Column, DataTableProps } from './data-table-props.ts';
import { Icon } from './icon.tsx';

export function DataTableHead<R>(table: DataTableProps<R>) {
  const { t } = useTranslation();
  const { selection, rows, rowKey } = table;
  const chosen = selection === undefined ? 0 : rows.filter((row) => selection.keys.has(rowKey(row))).length;
  const all = rows.length > 0 && chosen === rows.length;
  return (
    <div role="row" aria-rowindex={1} className="row table-head">
      {selection === undefined ? null : (
        <div role="columnheader" className="cell cell-check">
          <label className="check-area">
            <input
              type="checkbox"
              className="checkbox"
              aria-label={t('ui.select_all')}
              checked={all}
              ref={(box) => {
                if (box !== null) box.indeterminate = chosen > 0 && !all;
              }}
              onChange={() => selection.onChange(all ? new Set() : new Set(rows.map(rowKey)))}
            />
          </label>
        </div>
      )}
      {table.columns.map((column) => (
        <HeadCell key={column.id} column={column} sort={table.sort} />
      ))}
    </div>
  );
}

function HeadCell<R>({ column, sort }: { column: Column<R>; sort: DataTableProps<R>['sort'] }) {
  const align = column.align === 'end' ? 'cell-end' : '';
  if (column.sort === undefined || sort === undefined) {
    return (
      <div role="columnheader" className={`cell cell-${column.id} ${align}`}>
        {column.head}
      </div>
    );
  }
  const { up, down, first } = column.sort;
  const direction = sort.value === up ? 'up' : sort.value === down ? 'down' : null;
  const next = direction === null ? column.sort[first] : direction === 'up' ? down : up;
  const aria = { up: 'ascending', down: 'descending' } as const;
  return (
    <div
      role="columnheader"
      aria-sort={direction === null ? 'none' : aria[direction]}
      className={`cell cell-${column.id} ${align}`}
    >
      <button
        type="button"
        className="head-button"
        data-sorted={direction !== null}
        onClick={() => sort.onChange(next)}
      >
        {column.head}
        {direction === null ? null : (
          <Icon of={direction === 'up' ? IconArrowNarrowUp : IconArrowNarrowDown} size={14} />
        )}
      </button>
    </div>
  );
}
