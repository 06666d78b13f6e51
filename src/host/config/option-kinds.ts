/** What the values of options have to look like. fail2ban evaluates times, and puts many others into commands of a shell. */
import { parseAddress } from '../../base/address.ts';
import { isTimeExpression } from '../../base/duration.ts';

export type OptionType =
  | 'boolean'
  | 'duration'
  | 'number'
  | 'decimal'
  | 'choice'
  | 'words'
  | 'addresses'
  | 'paths'
  | 'expressions'
  | 'text';

/** Why a value cannot be right, references in it replaced. */
export interface WrongValue {
  code: 'bad-time' | 'not-a-number' | 'not-a-boolean' | 'bad-value' | 'not-an-address' | 'bad-path';
  message: string;
}

export type Judge = (value: string) => WrongValue | null;

const longestShown = 80;
const shown = (value: string): string =>
  `“${value.length > longestShown ? `${value.slice(0, longestShown)}…` : value}”`;

function judge(code: WrongValue['code'], wanted: string, fits: (value: string) => boolean): Judge {
  return (value) => {
    if (fits(value)) return null;
    const before = /^([^#;]*?)\s*[#;]/.exec(value)?.[1] ?? '';
    const comment =
      before !== '' && fits(before)
        ? ' What stands behind # belongs to the value: a comment needs a line of its own.'
        : '';
    return { code, message: `${shown(value)} is not ${wanted}.${comment}` };
  };
}

export const anything: Judge = () => null;
export const boolean = judge('not-a-boolean', 'true or false', (value) =>
  /^(?:1|on|true|yes|0|off|false|no)$/i.test(value),
);
export const duration = judge(
  'bad-time',
  'a time such as 600, 10m or 1d 12h',
  (value) => value !== '-1' && isTimeExpression(value),
);
export const banTime = judge('bad-time', 'a time such as 600, 10m, 1d 12h, or -1 for ever', isTimeExpression);
export const number = judge('not-a-number', 'a whole number', (value) => /^\d{1,9}$/.test(value));
export const decimal = judge('not-a-number', 'a number such as 2 or 1.5', (value) =>
  /^\d{1,9}(?:\.\d{1,9})?$/.test(value),
);
export const multipliers = judge('not-a-number', 'whole numbers with one space between them', (value) =>
  /^\d{1,9}(?: \d{1,9})*$/.test(value),
);
export const choice = (choices: readonly string[]): Judge =>
  judge('bad-value', `one of ${choices.join(', ')}`, (value) => choices.includes(value.toLowerCase()));
export const matching = (pattern: RegExp, wanted: string): Judge =>
  judge('bad-value', wanted, (value) => pattern.test(value));
export const orEmpty =
  (one: Judge): Judge =>
  (value) =>
    value === '' ? null : one(value);

const hostName =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/i;

export const addresses: Judge = (value) => {
  for (const one of value.split(/[ ,\n]+/)) {
    // Digits and dots alone are an address with a slip, not a name.
    if (one === '' || parseAddress(one) !== null || (hostName.test(one) && /[a-z]/i.test(one))) continue;
    return {
      code: 'not-an-address',
      message: `${shown(one)} is no address, no network and no name of a host.`,
    };
  }
  return null;
};

/** Shipped actions put it into a shell's command: what such a shell would read as more than a name is refused. */
const path = /^\/[\w./*?[\]!@+,:=~-]*$/;
export const paths: Judge = (value) => {
  for (const line of value.split('\n')) {
    const { pattern, tail } = splitLogPath(line);
    if (line !== '' && (!path.test(pattern) || !/^(?:head|tail)?$/i.test(tail))) {
      return {
        code: 'bad-path',
        message: `${shown(line)} is not a path that begins with /, alone or with head or tail behind it.`,
      };
    }
  }
  return null;
};

/** fail2ban takes what stands behind the last space for where to begin. */
export function splitLogPath(line: string): { pattern: string; tail: string } {
  const [, pattern = line, tail = ''] = /^(.*) ([^ ]*)$/.exec(line) ?? [];
  return { pattern, tail };
}
