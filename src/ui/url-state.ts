/** The URL is the view: search parameters as plain text, parsed and put right on arrival. */

export type Search = Record<string, string>;

/** `?a=b` as a record. A name given twice keeps its last value. */
export const parseSearch = (text: string): Search => Object.fromEntries(new URLSearchParams(text));

/** Leaves out undefined and empty values; answers '' or `?…`. */
export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === 'string' && value !== '') params.set(name, value);
  }
  // an address is read by people: colons, slashes and signs stay as they are
  const text = params.toString().replace(/%3A/gi, ':').replace(/%2F/gi, '/').replace(/%40/g, '@');
  return text === '' ? '' : `?${text}`;
}

/** A value out of a fixed list, or undefined: unknown ones vanish from the URL instead of breaking the page. */
export const oneOf = <const T extends readonly string[]>(allowed: T, value: unknown): T[number] | undefined =>
  allowed.find((candidate) => candidate === value);

/** Trimmed text of at most `max` characters, or undefined. */
export function textOf(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim().slice(0, max);
  return text === '' ? undefined : text;
}

/**
 * Where to go after signing in: a path of this site, or `/`. Refuses other hosts however they are spelt
 * (`//host`, `/\host`, `https:`, control characters that browsers drop).
 */
export function localPath(value: unknown): string {
  if (typeof value !== 'string' || !value.startsWith('/')) return '/';
  const base = 'http://bangui.invalid';
  if (!URL.canParse(value, base)) return '/';
  const url = new URL(value, base);
  if (url.origin !== base || url.pathname.startsWith('//')) return '/';
  return url.pathname === '/login' || url.pathname === '/setup' ? '/' : url.pathname + url.search;
}
