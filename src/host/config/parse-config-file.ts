/** The one maker of `ConfigFile`: names that stay inside the configuration's folder, and that fail2ban would read. */
import type { ConfigFile, FileKind } from './change.ts';

/** ASCII only: a letter that only looks like one must not make a second file of the same name. */
const possibleName = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,199}\.(?:conf|local|py)$/;
const folders: Readonly<Record<FileKind, string>> = {
  jail: 'jail.d',
  filter: 'filter.d',
  action: 'action.d',
  server: 'fail2ban.d',
};
/** Names that lie beside the folders, not in them. */
const atTop: Readonly<Partial<Record<FileKind, RegExp>>> = {
  jail: /^(?:jail|paths-[a-z-]+)\.(?:conf|local)$/,
  server: /^fail2ban\.(?:conf|local)$/,
};

/** Null for what is no name of a file of this kind. Actions in Python (`.py`) can be read, never written. */
export function parseConfigFile(kind: FileKind, name: string): ConfigFile | null {
  if (!possibleName.test(name) || name.includes('..')) return null;
  if (name.endsWith('.py') && kind !== 'action') return null;
  const path = atTop[kind]?.test(name) === true ? name : `${folders[kind]}/${name}`;
  return { kind, name, path, local: name.endsWith('.local') };
}
