/** What of the configuration is shown, as it stands in the URL. */
import { oneOf, textOf } from '../../../ui/url-state.ts';

export const tabs = ['jails', 'filters', 'actions', 'server', 'effective'] as const;
export type Tab = (typeof tabs)[number];
export type FileKind = 'jail' | 'filter' | 'action' | 'server';

export interface ConfigView {
  /** Absent = jails. */
  tab?: Tab;
  /** `kind/name`, e.g. `jail/sshd.local`. */
  file?: string;
  jail?: string;
  option?: string;
  /** Absent = the form where there is one. */
  view?: 'form' | 'text';
  /** A number, as text. */
  revision?: string;
  /** Where the editor stands, counted from 1, as text. */
  line?: string;
  /** On windows with room for one column only: the steps instead of the file. */
  pane?: 'apply';
}

const names = ['file', 'jail', 'option', 'revision', 'line'] as const;

export function readConfigView(search: Record<string, unknown>): ConfigView {
  const view: ConfigView = {};
  const tab = oneOf(tabs, search['tab']);
  if (tab !== undefined && tab !== 'jails') view.tab = tab;
  for (const name of names) {
    const text = textOf(search[name], 300);
    if (text !== undefined && allowed[name].test(text)) view[name] = text;
  }
  const form = oneOf(['form', 'text'], search['view']);
  if (form !== undefined) view.view = form;
  if (search['pane'] === 'apply') view.pane = 'apply';
  return view;
}

const allowed = {
  file: /^(?:jail|filter|action|server)\/[^/]+$/,
  jail: /./,
  option: /./,
  revision: /^[1-9]\d{0,8}$/,
  line: /^[1-9]\d{0,6}$/,
} as const;

export const tabOfKind = { jail: 'jails', filter: 'filters', action: 'actions', server: 'server' } as const;
export const kindOfTab = { jails: 'jail', filters: 'filter', actions: 'action', server: 'server' } as const;

export interface FileId {
  kind: FileKind;
  name: string;
}

/** `jail/sshd.local` in its two parts; null when it names no file. */
export function parseFileId(id: string | undefined): FileId | null {
  const [kind = '', name = ''] = id?.split('/') ?? [];
  const known = oneOf(['jail', 'filter', 'action', 'server'], kind);
  return known === undefined || name === '' ? null : { kind: known, name };
}

export const fileIdOf = ({ kind, name }: FileId): string => `${kind}/${name}`;

/** Which file a path below the configuration's folder is; null for one that no page opens. */
export function fileOfPath(path: string): FileId | null {
  const found = /^(?:(jail|filter|action|fail2ban)\.d\/)?([^/]+)$/.exec(path);
  if (found === null) return null;
  const [, folder, name = ''] = found;
  if (folder === 'fail2ban') return { kind: 'server', name };
  if (folder !== undefined) return parseFileId(`${folder}/${name}`);
  if (name.startsWith('jail.')) return { kind: 'jail', name };
  return name.startsWith('fail2ban.') ? { kind: 'server', name } : null;
}

/** The view in which a file is read at a line. */
export function viewOfPlace(path: string, line: number | null): ConfigView | null {
  const file = fileOfPath(path);
  if (file === null) return null;
  const view: ConfigView = { file: fileIdOf(file), view: 'text' };
  const tab = tabOfKind[file.kind];
  if (tab !== 'jails') view.tab = tab;
  if (line !== null) view.line = String(line);
  return view;
}
