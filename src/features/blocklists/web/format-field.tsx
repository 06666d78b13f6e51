/** How a list's text is understood: found out by itself, or said. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import type { Format } from './blocklists-query.ts';

interface FormatFieldProps {
  format: Format;
  onChange: (format: Format) => void;
  /** Headings or members that the text itself offers. */
  columns?: readonly string[];
}

const kinds = ['auto', 'lines', 'csv', 'json'] as const;

export function FormatField({ format, onChange, columns = [] }: FormatFieldProps) {
  const { t } = useTranslation();
  return (
    <div className="lists-format">
      <label className="field">
        <span className="field-label">{t('lists.format')}</span>
        <span className="select-frame">
          <select
            className="input"
            value={format.kind}
            onChange={(event) => {
              const kind = kinds.find((each) => each === event.target.value);
              if (kind !== undefined) onChange(begin(kind, columns));
            }}
          >
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {t(`lists.formats.${kind}`)}
              </option>
            ))}
          </select>
          <Icon of={IconSelector} />
        </span>
      </label>
      {format.kind === 'csv' ? (
        <PartField
          label={t('lists.column')}
          value={String(format.column)}
          columns={columns}
          onChange={(text) =>
            onChange({ kind: 'csv', column: /^[1-9]\d{0,2}$/.test(text) ? Number(text) : text })
          }
        />
      ) : null}
      {format.kind === 'json' ? (
        <PartField
          label={t('lists.member')}
          value={format.member ?? ''}
          columns={columns}
          onChange={(text) => onChange({ kind: 'json', member: text === '' ? null : text })}
        />
      ) : null}
    </div>
  );
}

interface PartFieldProps {
  label: string;
  value: string;
  columns: readonly string[];
  onChange: (text: string) => void;
}

function PartField({ label, value, columns, onChange }: PartFieldProps) {
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      {columns.length === 0 ? (
        <input
          className="input mono"
          value={value}
          maxLength={100}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <span className="select-frame">
          <select className="input mono" value={value} onChange={(event) => onChange(event.target.value)}>
            {[...new Set([value, ...columns])].map((column) => (
              <option key={column} value={column}>
                {column}
              </option>
            ))}
          </select>
          <Icon of={IconSelector} />
        </span>
      )}
    </label>
  );
}

function begin(kind: Format['kind'], columns: readonly string[]): Format {
  switch (kind) {
    case 'csv':
      return { kind, column: columns[0] ?? 1 };
    case 'json':
      return { kind, member: columns[0] ?? null };
    case 'auto':
    case 'lines':
      return { kind };
  }
}
