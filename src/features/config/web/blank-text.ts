/** What a new file begins with. */
import { setOption } from './ini-text.ts';

interface Blank {
  kind: 'jail' | 'filter' | 'action';
  name: string;
  /** Of a jail, from its template. */
  options: Readonly<Record<string, string>>;
}

export function blankText({ kind, name, options }: Blank): string {
  if (kind === 'filter') return '[Definition]\nfailregex = \nignoreregex = \n';
  if (kind === 'action')
    return '[Definition]\nactionstart = \nactionstop = \nactioncheck = \nactionban = \nactionunban = \n\n[Init]\n';
  const set = { enabled: 'true', ...options };
  return Object.entries(set).reduce((text, [key, value]) => setOption(text, name, key, value), '');
}
