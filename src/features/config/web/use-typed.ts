/** What is typed into a field while it has focus, blanks and empty lines included; the file holds it trimmed. */
import { useState, type ChangeEvent } from 'react';

type Field = HTMLInputElement | HTMLTextAreaElement;

export interface Typed {
  value: string;
  onChange: (event: ChangeEvent<Field>) => void;
  onBlur: () => void;
}

export function useTyped(value: string | null, onChange: (value: string) => void): Typed {
  const [typed, setTyped] = useState<string | null>(null);
  return {
    value: typed ?? value ?? '',
    onChange: (event) => {
      setTyped(event.target.value);
      onChange(event.target.value);
    },
    onBlur: () => setTyped(null),
  };
}
