/** One row of a table: a click opens it, its checkbox selects it. */
import { useTranslation } from 'react-i18next';
import type { DataTableProps } from './data-table-props.ts';

interface DataTableRowProps<R> {
  row: R;
  id: string;
  index: number;
  /** px from the top of the body. */
  top: number;
  height: number;
  /** The one row that Tab reaches. */
  stop: boolean;
  onToggle: (key: string, range: boolean) => void;
  table: DataTableProps<R>;
}

export function DataTableRow<R>({
  row,
  id,
  index,
  top,
  height,
  stop,
  onToggle,
  table,
}: DataTableRowProps<R>) {
  const { t } = useTranslation();
  const { selection } = table;
  const selected = selection?.keys.has(id) ?? false;
  const state = table.rowState?.(row) ?? null;
  const label = table.rowLabel(row);
  const classes = ['row'];
  if (selected) classes.push('row-selected');
  if (table.openKey === id) classes.push('row-open');
  if (state !== null) classes.push(`row-${state}`);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-label={label}
      {...(selection === undefined ? {} : { 'aria-selected': selected })}
      tabIndex={stop ? 0 : -1}
      className={classes.join(' ')}
      style={{ transform: `translateY(${top}px)`, height }}
      onFocus={() => table.onCursor(id)}
      onClick={(event) => {
        if (event.target instanceof HTMLElement && event.target.closest('button, a, input, label') !== null)
          return;
        // text that is being selected for copying must not open the row
        if (getSelection()?.isCollapsed === false) return;
        if (event.shiftKey && selection !== undefined) onToggle(id, true);
        else table.onOpen(id);
      }}
    >
      {selection === undefined ? null : (
        <div role="gridcell" className="cell cell-check">
          <label className="check-area">
            <input
              type="checkbox"
              className="checkbox"
              tabIndex={-1}
              aria-label={t('ui.select_row', { row: label })}
              checked={selected}
              onChange={() => undefined}
              onClick={(event) => onToggle(id, event.shiftKey)}
            />
          </label>
        </div>
      )}
      {table.columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={`cell cell-${column.id} ${column.align === 'end' ? 'cell-end' : ''}`}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}
