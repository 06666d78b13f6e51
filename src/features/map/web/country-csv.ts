/** The table of countries as a file. */
import type { CountryRow } from './country-rows.ts';

const head = ['code', 'name', 'bans', 'bans_before', 'addresses'];

/** RFC 4180. No field can begin a formula of a spreadsheet: names are ours, all else is a number or two letters. */
export function countryCsv(rows: readonly CountryRow[]): string {
  const lines = rows.map(({ code, name, bans, before, addresses }) =>
    [code, name, bans, before, addresses].map((value) => quoted(String(value))).join(','),
  );
  return [head.join(','), ...lines, ''].join('\r\n');
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** `bans-by-country-2026-11-22.csv`: the last day of the range, UTC. */
export const csvName = (to: string): string => `bans-by-country-${to.slice(0, 10)}.csv`;

/** Gives the file to the browser to keep. */
export function saveFile(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
