/** What a field of a form shows: its value, who decides it, and what counted if our own line were gone. */
import type { EffectiveJail } from './config-query.ts';
import { optionIn } from './ini-text.ts';
import type { OpenFile } from './use-open-file.ts';

interface Place {
  file: string;
  line: number;
}

export interface FieldState {
  /** As it is written; null: nothing sets it. */
  value: string | null;
  /** What fail2ban makes of it, where that is something else; null while only the draft has it. */
  comesTo: string | null;
  /** Where the deciding line is; null while that is the draft itself, or fail2ban's own default. */
  origin: Place | null;
  /** The draft or the file of ours sets it. */
  ours: boolean;
  /** The draft differs from the disk here. */
  changed: boolean;
  /** What counts again once our line is gone; null: fail2ban's own default. */
  below: { value: string; place: Place } | null;
}

interface FieldInput {
  file: Pick<OpenFile, 'text' | 'disk' | 'path'>;
  section: string;
  option: string;
  /** As the files on the disk have it. */
  value: EffectiveJail['values'][number] | null;
}

export function fieldState({ file, section, option, value }: FieldInput): FieldState {
  const draft = optionIn(file.text, section, option);
  const disk = optionIn(file.disk?.content ?? '', section, option);
  const fromUs = value?.origin?.file === file.path;
  const [next] = value?.overrides ?? [];
  const below = fromUs
    ? next === undefined
      ? null
      : { value: next.value, place: next }
    : value === null || value.origin === null || value.written === null
      ? null
      : { value: value.written, place: value.origin };
  if (draft === null) {
    // our line was taken away in the draft, or never was
    const gone = fromUs ? below : null;
    return {
      value: fromUs ? (gone?.value ?? null) : (value?.written ?? null),
      comesTo: fromUs ? null : comesTo(value),
      origin: fromUs ? (gone?.place ?? null) : (value?.origin ?? null),
      ours: false,
      changed: disk !== null,
      below: null,
    };
  }
  return {
    value: draft,
    comesTo: draft === disk && fromUs ? comesTo(value) : null,
    origin: draft === disk && fromUs ? (value?.origin ?? null) : null,
    ours: true,
    changed: draft !== disk,
    below,
  };
}

const comesTo = (value: FieldInput['value']): string | null =>
  value === null || value.value === value.written ? null : value.value;
