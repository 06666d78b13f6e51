/** Judges the options that a form sends, before fail2ban is asked to try them. */
import type { FieldError } from '../../base/errors.ts';
import type { ConfigReading } from '../../host/config/effective.ts';
import { jailOption, type JailOption } from '../../host/config/jail-options.ts';
import { examineLogPath } from '../../host/config/log-paths.ts';
import { valueOf } from '../../host/config/parse-ini.ts';

/** Values as they have to stand in the file; null takes our own line away. */
export type FormOptions = Readonly<Record<string, string | null>>;

interface Judged {
  reading: ConfigReading;
  jail: string;
  options: FormOptions;
  allowedLogDirs: readonly string[];
}

export async function wrongOptions(judged: Judged): Promise<FieldError[]> {
  const found = await Promise.all(
    Object.entries(judged.options).map(async ([name, value]): Promise<FieldError[]> => {
      const message = wrongName(name) ?? (value === null ? null : await wrongValue(judged, name, value));
      return message === null ? [] : [{ field: `body.options.${name}`, message: `${name}: ${message}` }];
    }),
  );
  return [...found.flat(), ...twice(judged.options)];
}

const possibleName = /^[a-z_][\w.-]*$/i;
const wrongName = (name: string): string | null =>
  possibleName.test(name) ? null : 'This cannot be the name of an option.';

/** fail2ban reads names without regard to case. */
function twice(options: FormOptions): FieldError[] {
  const names = Object.keys(options).map((name) => name.toLowerCase());
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => ({ field: `body.options.${name}`, message: `${name}: It is there twice.` }));
}

async function wrongValue(judged: Judged, name: string, value: string): Promise<string | null> {
  const odd = wrongText(value);
  if (odd !== null) return odd;
  const known = jailOption(name);
  if (known === null) return null;
  const resolved = resolve(judged, value);
  // What may hold anything is left to fail2ban; what may not is only taken when it can be told what it will be.
  if (resolved === null)
    return isFree(known) ? null : 'It cannot be told what this refers to. Write the value itself.';
  const problem = known.judge(resolved);
  if (problem !== null) return problem.message;
  return known.type === 'paths' ? await outside(resolved, judged.allowedLogDirs) : null;
}

const isFree = ({ type, runsCode }: JailOption): boolean =>
  type === 'expressions' || type === 'text' || runsCode;

/** What the file could not hold, or would not hold as it was sent. */
function wrongText(value: string): string | null {
  if (!value.isWellFormed() || /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\ufeff]/u.test(value))
    return 'It holds letters that cannot be written.';
  const lines = value.split('\n');
  if (lines.length > 1 && lines.some((line) => line.trim() === '')) return 'It holds an empty line.';
  if (lines.some((line) => line !== line.trim())) return 'A line begins or ends with a space.';
  if (lines.some((line) => /(?:^|\s);/.test(line)) || lines.slice(1).some((line) => line.startsWith('#')))
    return 'fail2ban takes a part of it for a comment: that begins with # in a line, or with ; behind a space.';
  if (/%(?!\([^()\n]+\)s|%)/.test(value.replaceAll('%%', '')))
    return 'A percent sign has to be written twice: %%.';
  return null;
}

const reference = /%\(([^()\n]+)\)s|%%/g;
const deepest = 10;

/** With its references replaced by what this very change sets, else by what is written; null: not to be told. */
function resolve(judged: Judged, value: string, depth = 0): string | null {
  if (depth > deepest) return null;
  let known = true;
  const text = value.replace(reference, (whole, name: string | undefined) => {
    if (whole === '%%') return '%';
    if (name === '__name__') return judged.jail;
    const inner = writtenOf(judged, (name ?? '').toLowerCase());
    const resolved = inner === null ? null : resolve(judged, inner, depth + 1);
    known &&= resolved !== null;
    return resolved ?? '';
  });
  return known ? text : null;
}

function writtenOf({ reading, jail, options }: Judged, name: string): string | null {
  const sent = Object.entries(options).find(([key]) => key.toLowerCase() === name);
  if (sent !== undefined && sent[1] !== null) return sent[1];
  const [decisive] = reading.layers.chain([jail, 'DEFAULT'], name);
  return decisive === undefined ? null : valueOf(decisive);
}

async function outside(value: string, allowedLogDirs: readonly string[]): Promise<string | null> {
  const lines = value.split('\n').filter((line) => line !== '');
  const looked = await Promise.all(lines.map((line) => examineLogPath(line, allowedLogDirs)));
  const away = looked.find((one) => !one.allowed);
  return away === undefined ? null : `${away.path} is not in a folder that BanGUI may read logs from.`;
}
