/** Reads decoded replies into the types that commands promise; a value of another shape is a garbled answer. */
import type { PickleValue } from './pickle-value.ts';
import { WireError } from './wire-error.ts';

export function asText(value: PickleValue | undefined): string {
  return typeof value === 'string' ? value : unexpected('a text');
}

export function asWholeNumber(value: PickleValue | undefined): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : unexpected('a whole number');
}

/** fail2ban evaluates `1.5h` to a fraction that is whole, and `0.5s` to one that is not. */
export function asSeconds(value: PickleValue | undefined): number {
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.round(value)
    : unexpected('a number of seconds');
}

export function asTextOrNull(value: PickleValue | undefined): string | null {
  return value === null ? null : asText(value);
}

export function asList(value: PickleValue | undefined): PickleValue[] {
  return Array.isArray(value) ? value : unexpected('a list');
}

/** Texts of a list; fail2ban writes an empty value in its place as an empty text or None. */
export function asTexts(value: PickleValue | undefined): string[] {
  return value === null || value === '' || value === undefined ? [] : asList(value).map(asText);
}

/** `[(name, value), …]` as a Map. */
export function asTable(value: PickleValue | undefined): Map<string, PickleValue> {
  const entries = asList(value).map((pair): [string, PickleValue] => {
    const [name, content = null] = asList(pair);
    return [asText(name), content];
  });
  return new Map(entries);
}

function unexpected(wanted: string): never {
  throw new WireError('garbled', `Its answer holds something else where ${wanted} belongs.`);
}
