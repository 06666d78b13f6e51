/** Events as text of a file that harms nobody who opens it: a table program, a terminal, a script. */
import type { HistoryEvent } from './contract.ts';

export interface Form {
  type: string;
  head: string;
  /** `first`: no event came before. */
  row(event: HistoryEvent, first: boolean): string;
  foot: string;
}

const columns = [
  'id',
  'at',
  'action',
  'ip',
  'jail',
  'duration_seconds',
  'ban_count',
  'failures',
  'origin',
  'actor',
  'reason',
  'country',
  'asn',
  'as_name',
  'matches',
] as const;

/** RFC 4180; the log lines of an event stand below each other in one cell. */
const csv: Form = {
  type: 'text/csv; charset=utf-8',
  head: `${columns.join(',')}\r\n`,
  row: (event) => `${columns.map((column) => cell(event[column])).join(',')}\r\n`,
  foot: '',
};

const json: Form = {
  type: 'application/json; charset=utf-8',
  head: '[',
  row: (event, first) => `${first ? '\n' : ',\n'}${escapeControls(JSON.stringify(event))}`,
  foot: '\n]\n',
};

export const forms: Readonly<Record<'csv' | 'json', Form>> = { csv, json };

/** Most text: nothing in it means anything to a table program or a terminal. */
const plain = /^[A-Za-z0-9][A-Za-z0-9 ._:/()[\]-]*$/;

function cell(value: string | number | null | readonly string[]): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return plain.test(value) ? value : quoted(visible(value));
  return quoted(value.map((line) => (plain.test(line) ? line : visible(line))).join('\n'));
}

function quoted(text: string): string {
  // a table program takes these for the start of a formula
  const harmless = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** What moves a terminal's cursor, or turns the direction of writing. */
const controls = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** Control characters as they are written in a program: `\x1b`. */
const visible = (text: string): string =>
  text.replaceAll(controls, (sign) => {
    const code = sign.charCodeAt(0);
    return code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });

/** JSON escapes the lower ones by itself; the text stays the same to who reads it as JSON. */
const escapeControls = (text: string): string =>
  text.replaceAll(controls, (sign) => `\\u${hex(sign.charCodeAt(0), 4)}`);

const hex = (code: number, width: number): string => code.toString(16).padStart(width, '0');
