/** The files of the configuration: which there are, who uses them, and what stands in one. */
import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EndpointOutput } from '../../base/endpoint.ts';
import { AppError, invalidInput, notFound } from '../../base/errors.ts';
import type { ConfigFile, FileKind, Finding } from '../../host/config/change.ts';
import {
  fileKinds,
  listConfigFiles,
  readInside,
  type FoundFile,
  type NotRead,
} from '../../host/config/config-folder.ts';
import type { ConfigReading } from '../../host/config/effective.ts';
import { parseConfigFile } from '../../host/config/parse-config-file.ts';
import { readIni, type IniProblem } from '../../host/config/parse-ini.ts';
import type { listFiles, readFile } from './contract.ts';
import { byActivity, type ReadingDeps } from './reading-deps.ts';

type Listed = EndpointOutput<typeof listFiles>;
type FileHead = Listed['items'][number];

/** Answers without fail2ban's readers as well; then nobody is known to use a file. */
export async function listAll(deps: ReadingDeps, kind: FileKind | undefined): Promise<Listed> {
  const kinds = kind === undefined ? fileKinds : [kind];
  const [found, reading] = await Promise.all([listConfigFiles(deps.configDir, kinds), deps.reader.read()]);
  const names = new Set(found.map(({ file }) => file.path));
  const canWrite = await writableFolders(deps.configDir);
  const users = usersOf(reading, deps);
  const items = found.map((one) => headOf(one, { names, canWrite, users }));
  return {
    items,
    next_cursor: null,
    total: items.length,
    read_only: [...canWrite.values()].some(Boolean)
      ? null
      : 'BanGUI may not write in fail2ban’s configuration.',
  };
}

/** Throws 422 for names that no file can have, 404 for files that are not there or not to be read. */
export async function readOne(
  deps: ReadingDeps,
  { kind, name }: { kind: FileKind; name: string },
): Promise<EndpointOutput<typeof readFile>> {
  const file = fileOrThrow(kind, name);
  const bytes = await readInside(deps.configDir, file.path);
  if (bytes.kind !== 'read') throw unreadable(bytes);
  const { text, sha256, encoding } = bytes;
  const [found, reading] = await Promise.all([listConfigFiles(deps.configDir, [kind]), deps.reader.read()]);
  const listed = found.find((one) => one.file.path === file.path);
  if (listed === undefined) throw unreadable({ kind: 'missing' });
  const head = headOf(listed, {
    names: new Set(found.map((one) => one.file.path)),
    canWrite: await writableFolders(deps.configDir),
    users: usersOf(reading, deps),
  });
  const findings = file.name.endsWith('.py') ? [] : findingsOf(file, { text, encoding, reading });
  return { ...head, content: text, etag: `"${sha256}"`, encoding, findings };
}

/** Throws 422. */
function fileOrThrow(kind: FileKind, name: string): ConfigFile {
  const file = parseConfigFile(kind, name);
  if (file !== null) return file;
  throw invalidInput('This cannot be the name of a file of the configuration.', [
    { field: 'params.name', message: 'Letters, digits and .@+_- in ASCII, ending in .conf or .local' },
  ]);
}

function unreadable({ kind }: NotRead): AppError {
  if (kind === 'too_large') return new AppError(422, 'file_too_large', 'The file is larger than 1 MiB.');
  if (kind === 'closed') return new AppError(503, 'config_unreadable', 'BanGUI may not read this file.');
  if (kind === 'outside')
    return notFound('This file is a link that leads out of the configuration’s folder; it is not read.');
  return notFound('There is no such file in fail2ban’s configuration.');
}

interface Around {
  /** Paths of all files of its kind. */
  names: ReadonlySet<string>;
  canWrite: ReadonlyMap<string, boolean>;
  users: (file: ConfigFile) => string[];
}

function headOf({ file, size, modifiedAt, linked }: FoundFile, { names, canWrite, users }: Around): FileHead {
  const { kind, name, path, local } = file;
  const other = local ? 'conf' : 'local';
  const twin = name.replace(/\.(?:conf|local)$/, `.${other}`);
  return {
    kind,
    name,
    path,
    layer: local ? 'local' : 'conf',
    writable: local && !linked && canWrite.get(dirname(path)) === true,
    size,
    modified_at: new Date(modifiedAt).toISOString(),
    used_by: users(file),
    twin: twin !== name && names.has(join(dirname(path), twin)) ? twin : null,
  };
}

/** By folder below the configuration's: a file is written by putting another in its place. */
async function writableFolders(configDir: string): Promise<Map<string, boolean>> {
  const folders = ['.', 'jail.d', 'filter.d', 'action.d', 'fail2ban.d'];
  const may = folders.map((folder) => access(join(configDir, folder), constants.W_OK).then(yes, no));
  return new Map((await Promise.all(may)).map((one, index) => [folders[index] ?? '.', one]));
}
const yes = (): boolean => true;
const no = (): boolean => false;

/** Jails whose filter or action is made of a file, or of which a file sets something. */
function usersOf(reading: ConfigReading, deps: Pick<ReadingDeps, 'host'>): (file: ConfigFile) => string[] {
  const users = new Map<string, Set<string>>();
  const add = (path: string, jail: string): void => {
    const known = users.get(path);
    if (known === undefined) users.set(path, new Set([jail]));
    else known.add(jail);
  };
  const jails = new Set(reading.jails.map((one) => one.name));
  for (const { file, section } of reading.layers.entries) if (jails.has(section)) add(file, section);
  for (const { name, filter, actions } of reading.jails) {
    for (const path of reading.definitions.get(`filter.d/${filter ?? ''}`) ?? []) add(path, name);
    for (const action of actions) {
      // What is written in Python is a file by itself.
      const files = action.endsWith('.py')
        ? [`action.d/${action}`]
        : reading.definitions.get(`action.d/${action}`);
      for (const path of files ?? []) add(path, name);
    }
  }
  const sorted = byActivity(reading, deps);
  return ({ path }) => sorted(users.get(path) ?? []);
}

interface Content {
  text: string;
  encoding: 'utf-8' | 'latin-1';
  reading: ConfigReading;
}

/** What its own text shows, and what is known of it from reading all. */
function findingsOf(file: ConfigFile, { text, encoding, reading }: Content): Finding[] {
  const own = readIni(text).problems.map((one) => findingOf(file, one));
  const known = reading.findings.filter((one) => one.file === file.path);
  // A filter that no jail uses is not read with the others.
  const told = encoding === 'latin-1' && !known.some((one) => one.code === 'wrong-encoding');
  const encoded = told
    ? [finding(file, 'wrong-encoding', 'It is not written in UTF-8: fail2ban leaves it out.')]
    : [];
  const seen = new Set(known.map((one) => `${one.code} ${one.line}`));
  return [...known, ...encoded, ...own.filter((one) => !seen.has(`${one.code} ${one.line}`))];
}

const sentences: Readonly<Record<IniProblem['code'], string>> = {
  'bad-line': 'This line is no setting: fail2ban refuses the file.',
  'no-section': 'It begins without a section such as [DEFAULT]: fail2ban refuses the file.',
  'duplicate-key': 'This is set twice in its section: fail2ban refuses the file.',
  'duplicate-section': 'This section is opened twice: fail2ban refuses the file.',
  'byte-order-mark':
    'It begins with a byte order mark, which fail2ban takes for a letter: it refuses the file.',
};

const findingOf = (file: ConfigFile, { code, line, name }: IniProblem): Finding => ({
  ...finding(file, code, sentences[code]),
  line,
  option: code === 'duplicate-key' ? name : null,
});

const finding = ({ path }: ConfigFile, code: string, message: string): Finding => ({
  severity: 'error',
  code,
  message,
  jail: null,
  option: null,
  file: path,
  line: null,
  suggestion: null,
});
