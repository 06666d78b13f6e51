/** A choice of a few, all visible: radio buttons in the form of a strip. */
import { useId } from 'react';

interface SegmentsProps<T extends string> {
  label: string;
  options: readonly { value: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
  /** The chosen one is chosen again. */
  onAgain?: (value: T) => void;
  size?: 'usual' | 'large';
}

export function Segments<T extends string>({
  label,
  options,
  value,
  onChange,
  onAgain,
  size = 'usual',
}: SegmentsProps<T>) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={`segments segments-${size}`}>
      {options.map((option) => (
        <label key={option.value} className="segment">
          <input
            type="radio"
            className="sr-only"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            onClick={() => (option.value === value ? onAgain?.(option.value) : undefined)}
          />
          {option.label}
        </label>
      ))}
    </div>
  );
}
