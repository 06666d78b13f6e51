/** From the options of a jail's form to the file that it writes; nothing is written here. */
import { invalidInput, type FieldError } from '../../base/errors.ts';
import type { ConfigFile, FileChange } from '../../host/config/change.ts';
import { readInside } from '../../host/config/config-folder.ts';
import { editIni } from '../../host/config/edit-ini.ts';
import type { ConfigReading } from '../../host/config/effective.ts';
import { parseConfigFile } from '../../host/config/parse-config-file.ts';
import { parseIni, valueOf } from '../../host/config/parse-ini.ts';
import { parseJailName } from '../../host/jail-name.ts';
import { formPath } from './jail-form.ts';
import type { ReadingDeps } from './reading-deps.ts';
import { wrongOptions, type FormOptions } from './wrong-options.ts';

export interface FormChange extends FileChange {
  content: string;
}

interface Asked {
  jail: string;
  options: FormOptions;
  /** The version of the file that the form was opened with; undefined: the one that is there now. */
  before?: string | null;
}

/** Throws 422 with the options that are wrong, for jails that can have no such file, and for files not in UTF-8. */
export async function formChange(deps: ReadingDeps, { jail, options, before }: Asked): Promise<FormChange> {
  const file = formFile(jail);
  const bytes = await readInside(deps.configDir, file.path);
  if (bytes.kind !== 'read' && bytes.kind !== 'missing')
    throw invalidInput(
      `${file.path} is not an ordinary file that BanGUI may read; its form cannot write it.`,
    );
  if (bytes.kind === 'read' && bytes.encoding !== 'utf-8')
    throw invalidInput(`${file.path} is not written in UTF-8. Write it anew as text first.`);
  const text = bytes.kind === 'read' ? bytes.text : '';
  const reading = await deps.reader.read();
  const fields = await wrongOptions({ reading, jail, options, allowedLogDirs: deps.allowedLogDirs });
  if (fields.length > 0) throw wrong(fields);
  const content = editIni(text, jail, options);
  if (!says(content, jail, options))
    throw invalidInput(`${file.path} is written in a way that its form cannot change. Change it as text.`);
  return {
    file,
    before: before === undefined ? (bytes.kind === 'read' ? bytes.sha256 : null) : before,
    content,
  };
}

/** Names of sections that are no jails; a file of these would change all. */
const reserved = /^(?:default|includes|definition|init|known)$/i;

function formFile(jail: string): ConfigFile {
  const file = parseConfigFile('jail', `${jail}.local`);
  if (parseJailName(jail) === null || reserved.test(jail)) {
    throw invalidInput('This cannot be the name of a jail.', [
      { field: 'params.name', message: 'No possible name of a jail' },
    ]);
  }
  // `jail` and `paths-debian` would be files that mean something else.
  if (file === null || file.path !== formPath(jail)) {
    throw invalidInput(
      'No file of its own can have the name of this jail. Change it as text, in jail.local.',
      [{ field: 'params.name', message: 'Letters, digits and _.@+- only' }],
    );
  }
  return file;
}

function wrong(fields: readonly FieldError[]): Error {
  const [first] = fields;
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
  return invalidInput(`${first?.message ?? ''}${more}`, fields);
}

/** Whether the edited text says what was asked for: a file with mistakes may be read otherwise than it looks. */
function says(content: string, jail: string, options: FormOptions): boolean {
  const own = parseIni(content).filter((one) => one.section === jail);
  return Object.entries(options).every(([name, value]) => {
    const place = own.findLast((one) => one.key === name.toLowerCase());
    return value === null ? place === undefined : place !== undefined && valueOf(place) === value.trim();
  });
}

/** Files that are read after the form's and set the same options: what the form writes has no effect there. */
export function overruled(
  { layers }: ConfigReading,
  { jail, options }: Pick<Asked, 'jail' | 'options'>,
): { option: string; file: string; line: number }[] {
  const path = formPath(jail);
  return Object.keys(options).flatMap((option) => {
    const [decisive] = layers.chain([jail], option);
    if (decisive === undefined || decisive.file === path) return [];
    // Files of jail.d that end in .local are read last, in the order of their names.
    const later =
      decisive.file.startsWith('jail.d/') && decisive.file.endsWith('.local') && decisive.file > path;
    return later ? [{ option, file: decisive.file, line: decisive.line }] : [];
  });
}
