/** The field above a list: `/` leads to it, Enter and the arrow down from it into the rows, Escape out of it. */
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from './icon.tsx';
import { Key } from './key.tsx';
import { useShortcut } from './use-shortcut.ts';

interface SearchInputProps {
  value: string;
  onChange: (value: string) => void;
  placeholder: string;
  label: string;
  /** Characters. */
  most: number;
  wide?: boolean;
}

export function SearchInput({ value, onChange, placeholder, label, most, wide = false }: SearchInputProps) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  useShortcut({ keys: '/', group: 'list', label: t('shortcuts.filter'), run: () => field.current?.focus() });
  return (
    <span className={`input-frame filter-search ${wide ? 'filter-search-wide' : ''}`}>
      <span className="input-icon">
        <Icon of={IconSearch} />
      </span>
      <input
        ref={field}
        className="input"
        type="search"
        value={value}
        placeholder={placeholder}
        aria-label={label}
        maxLength={most}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
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
