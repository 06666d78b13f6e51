/** The rows of the list at the left, from what was read and from the drafts of this browser. */
import type { ConfigJail, FileHead, Finding } from './config-query.ts';
import { parseFileId, type ConfigView, type Tab } from './config-view.ts';

export interface ListRow {
  key: string;
  name: string;
  view: ConfigView;
  errors: number;
  draft: boolean;
  state: 'on' | 'off' | null;
  /** At the end of the row, when there is nothing more important. */
  note: string;
}

export interface ListGroup {
  key: string;
  title: string;
  rows: ListRow[];
}

interface JailRows {
  jails: readonly ConfigJail[];
  files: readonly FileHead[];
  drafts: readonly string[];
  /** Findings of the draft that is open. */
  found: readonly Finding[];
  words: { active: string; off: string; files: string; readOnly: string };
}

export function jailGroups({ jails, files, drafts, found, words }: JailRows): ListGroup[] {
  const rows = jails.map((jail): ListRow & { active: boolean } => {
    const name = baseName(jail.file);
    const ofDraft = found.filter((finding) => finding.jail === jail.name && finding.severity === 'error');
    const errors = jail.findings.filter(({ severity }) => severity === 'error').length;
    return {
      key: `jail:${jail.name}`,
      name: jail.name,
      view: { jail: jail.name },
      errors: Math.max(errors, ofDraft.length),
      draft: drafts.includes(`jail/${name}`),
      state: jail.active ? 'on' : 'off',
      note: '',
      active: jail.active || jail.enabled,
    };
  });
  const created = drafts.flatMap((draft): ListRow[] => {
    const id = parseFileId(draft);
    const name = id?.name.replace(/\.local$/, '') ?? '';
    const known = jails.some((jail) => jail.name === name) || files.some((file) => file.name === id?.name);
    if (id?.kind !== 'jail' || known) return [];
    return [
      { key: `jail:${name}`, name, view: { jail: name }, errors: 0, draft: true, state: 'off', note: '' },
    ];
  });
  return [
    { key: 'active', title: words.active, rows: rows.filter(({ active }) => active) },
    { key: 'off', title: words.off, rows: [...created, ...rows.filter(({ active }) => !active)] },
    { key: 'files', title: words.files, rows: fileRows(files, drafts, undefined, words.readOnly) },
  ];
}

const fileRows = (
  files: readonly FileHead[],
  drafts: readonly string[],
  tab: Tab | undefined,
  readOnly: string,
): ListRow[] =>
  files.map((file) => ({
    key: `${file.kind}/${file.name}`,
    name: file.path,
    view: { ...(tab === undefined ? {} : { tab }), file: `${file.kind}/${file.name}`, view: 'text' },
    errors: 0,
    draft: drafts.includes(`${file.kind}/${file.name}`),
    state: null,
    note: file.layer === 'conf' ? readOnly : '',
  }));

interface DefinitionRows {
  kind: 'filter' | 'action';
  tab: Tab;
  files: readonly FileHead[];
  drafts: readonly string[];
  words: { used: string; unused: string; usedBy: (count: number) => string };
}

/** One row a definition: a shipped file and ours of the same name are two layers of one. */
export function definitionGroups({ kind, tab, files, drafts, words }: DefinitionRows): ListGroup[] {
  const names = new Map<string, FileHead>();
  for (const file of files) {
    const name = stemOf(file.name);
    const known = names.get(name);
    if (known === undefined || file.layer === 'local') names.set(name, file);
  }
  const drafted = drafts.flatMap((draft) => {
    const id = parseFileId(draft);
    return id?.kind === kind ? [stemOf(id.name)] : [];
  });
  const rows = [...new Set([...names.keys(), ...drafted])].toSorted().map((name) => {
    const users = Math.max(
      0,
      ...files.filter((file) => stemOf(file.name) === name).map((file) => file.used_by.length),
    );
    const local = names.get(name)?.layer !== 'conf' || drafted.includes(name);
    const row: ListRow = {
      key: `${kind}:${name}`,
      name,
      view: { tab, file: `${kind}/${name}.${local ? 'local' : 'conf'}` },
      errors: 0,
      draft: drafted.includes(name),
      state: null,
      note: users === 0 ? '' : words.usedBy(users),
    };
    return { row, users };
  });
  return [
    { key: 'used', title: words.used, rows: rows.filter(({ users }) => users > 0).map(({ row }) => row) },
    {
      key: 'unused',
      title: words.unused,
      rows: rows.filter(({ users }) => users === 0).map(({ row }) => row),
    },
  ];
}

interface ServerRows {
  files: readonly FileHead[];
  drafts: readonly string[];
  words: { files: string; readOnly: string };
}

export const serverGroups = ({ files, drafts, words }: ServerRows): ListGroup[] => [
  { key: 'files', title: words.files, rows: fileRows(files, drafts, 'server', words.readOnly) },
];

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const stemOf = (name: string): string => name.replace(/\.(?:conf|local)$/, '');
