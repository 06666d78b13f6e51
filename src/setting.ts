/** The kinds of settings: each turns the text of an environment variable into a value, or says what is wrong with it. */
import { parseAddress, type Address } from './base/address.ts';

export type Reading<T> = { value: T } | { problem: string };

export interface Setting<T> {
  /** Full name of the environment variable. */
  name: string;
  /** For the documentation: `yes or no`, `1 to 65535`, … */
  type: string;
  /** For the documentation; empty when there is none. */
  shownDefault: string;
  sentence: string;
  /** True: `<name>_FILE` may name a file that holds the value. */
  secret: boolean;
  fallback: T;
  parse(text: string): Reading<T>;
}

interface Description<T> {
  name: string;
  sentence: string;
  fallback: T;
  shownDefault?: string;
}

const make = <T>(
  { name, sentence, fallback, shownDefault = String(fallback ?? '') }: Description<T>,
  type: string,
  parse: (text: string) => Reading<T>,
): Setting<T> => ({ name: `BANGUI_${name}`, type, sentence, fallback, shownDefault, secret: false, parse });

const no = (problem: string) => ({ problem });

export function text<T extends string | null>(description: Description<T | string>): Setting<T | string> {
  return make<T | string>(description, 'text', (given) =>
    // oxlint-disable-next-line no-control-regex -- a NUL in a path would end it early
    /[\0-\x1f\x7f]/.test(given) ? no('must not hold control characters') : { value: given },
  );
}

/** Where a service is. User names and passwords belong in a secret: an address is shown in logs. */
export function serviceUrl(
  description: Omit<Description<null>, 'fallback'> & { schemes: readonly string[] },
) {
  const { schemes } = description;
  return make<string | null>({ ...description, fallback: null }, 'URL', (given) => {
    const parsed = URL.canParse(given) ? new URL(given) : null;
    if (parsed === null || !schemes.includes(parsed.protocol.slice(0, -1)) || parsed.host === '')
      return no(`must be a URL that begins with ${schemes.map((scheme) => `\`${scheme}://\``).join(', ')}`);
    if (parsed.username !== '' || parsed.password !== '')
      return no('must not hold a user name or password: those belong in the token');
    return { value: given };
  });
}

export function flag(description: Description<boolean>): Setting<boolean> {
  return make(description, '`true` or `false`', (given) => {
    if (['true', '1', 'yes', 'on'].includes(given.toLowerCase())) return { value: true };
    if (['false', '0', 'no', 'off'].includes(given.toLowerCase())) return { value: false };
    return no('must be `true` or `false`');
  });
}

export function wholeNumber<T extends number | null>(
  description: Description<T | number> & { from: number; to: number },
): Setting<T | number> {
  const { from, to } = description;
  return make<T | number>(description, `${from} to ${to}`, (given) => {
    const value = /^\d{1,10}$/.test(given) ? Number(given) : NaN;
    return value >= from && value <= to ? { value } : no(`must be a whole number from ${from} to ${to}`);
  });
}

export function choice<const T extends string, F extends T | null>(
  description: Description<T | F> & { of: readonly T[] },
): Setting<T | F> {
  const shown = description.of.map((each) => `\`${each}\``).join(', ');
  return make<T | F>(description, shown, (given) => {
    const value = description.of.find((each) => each === given.toLowerCase());
    return value === undefined ? no(`must be one of ${shown}`) : { value };
  });
}

export function secret(description: Omit<Description<string | null>, 'fallback'> & { length: number }) {
  const setting = make<string | null>(
    { ...description, fallback: null },
    `text of at least ${description.length} characters`,
    (given) =>
      given.length < description.length
        ? no(`must have at least ${description.length} characters`)
        : { value: given },
  );
  return { ...setting, secret: true };
}

/** A secret, since a password may stand in it: what is wrong with it is told without its text. */
export function serverUrl(
  description: Omit<Description<string | null>, 'fallback'> & { schemes: readonly [string, string] },
) {
  const schemes = description.schemes.map((scheme) => `${scheme}://`);
  const shown = schemes.map((scheme) => `\`${scheme}…\``).join(' or ');
  const setting = make<string | null>({ ...description, fallback: null }, shown, (given) =>
    schemes.some((scheme) => given.startsWith(scheme)) && URL.canParse(given)
      ? { value: given }
      : no(`must be a URL such as ${shown}; in a password, write \`@\` as \`%40\``),
  );
  return { ...setting, secret: true };
}

const parts = (given: string) =>
  given
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Exact web origins. A wildcard cannot be allowed together with credentials. */
export function origins(description: Description<readonly string[]>): Setting<readonly string[]> {
  return make(
    { ...description, shownDefault: description.fallback.join(',') },
    'origins, comma separated',
    (given) => {
      for (const part of parts(given)) {
        if (part === '*')
          return no('must name exact origins: `*` cannot be used, because calls carry the session cookie');
        const url = URL.canParse(part) ? new URL(part) : null;
        if (url === null || url.origin !== part || !/^https?:$/.test(url.protocol)) {
          return no(`holds \`${part}\`, which is no origin such as \`https://bangui.example.org\``);
        }
      }
      return { value: parts(given) };
    },
  );
}

/** Addresses and networks in CIDR notation. */
export function networks(description: Description<readonly Address[]>): Setting<readonly Address[]> {
  return make({ ...description, shownDefault: '' }, 'addresses and networks, comma separated', (given) => {
    const value: Address[] = [];
    for (const part of parts(given)) {
      const address = parseAddress(part);
      if (address === null)
        return no(`holds \`${part}\`, which is no address or network such as \`10.0.0.0/8\``);
      value.push(address);
    }
    return { value };
  });
}

/** Absolute paths of folders. */
export function folders(description: Description<readonly string[]>): Setting<readonly string[]> {
  const shownDefault = description.fallback.join(',');
  return make({ ...description, shownDefault }, 'absolute paths, comma separated', (given) => {
    const wrong = parts(given).find((part) => !part.startsWith('/'));
    return wrong === undefined
      ? { value: parts(given) }
      : no(`holds \`${wrong}\`, which is no absolute path`);
  });
}

/** A program and its arguments, quoted as for a shell. */
export function commandLine(description: Description<readonly string[]>): Setting<readonly string[]> {
  const shownDefault = description.fallback.join(' ');
  return make({ ...description, shownDefault }, 'command', (given) => {
    const words = splitWords(given);
    if (words === null) return no('holds a quote that does not end');
    return words.length === 0 ? no('must name a program') : { value: words };
  });
}

/** Words as a POSIX shell splits them, without any expansion; null when a quote is left open. */
function splitWords(given: string): string[] | null {
  const word = /\s*((?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+)\s*/suy;
  const words: string[] = [];
  while (word.lastIndex < given.length) {
    const found = word.exec(given);
    if (found === null) return given.trim() === '' ? [] : null;
    words.push(unquoted(found[1] ?? ''));
  }
  return words;
}

const unquoted = (word: string): string =>
  word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gsu,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replaceAll(/\\(["\\$`])/gu, '$1') ?? escaped ?? '',
  );
