/** Judges values that fail2ban would evaluate as code, or would quietly take for something else. */
import { realpath } from 'node:fs/promises';
import { dirname, join, basename } from 'node:path';
import { parseAddress } from '../../base/address.ts';
import { isTimeExpression } from '../../base/duration.ts';
import type { Examined, Found, SetValue } from './rehearse-answer.ts';

interface Kind {
  code: string;
  /** What it has to be, to end a sentence. */
  wanted: string;
  fits: (value: string) => boolean;
}

const time: Kind = { code: 'bad-time', wanted: 'a time such as 600, 10m or 1d 12h', fits: isTimeExpression };
const whole: Kind = {
  code: 'not-a-number',
  wanted: 'a whole number',
  fits: (value) => /^\d{1,9}$/.test(value),
};
const word = (...words: readonly string[]): Kind => ({
  code: 'bad-value',
  wanted: `one of ${words.join(', ')}`,
  fits: (value) => words.includes(value.toLowerCase()),
});
const bool: Kind = {
  code: 'not-a-boolean',
  wanted: 'true or false',
  fits: (value) => /^(?:1|on|true|yes|0|off|false|no)$/i.test(value),
};
const orEmpty = (kind: Kind): Kind => ({ ...kind, fits: (value) => value === '' || kind.fits(value) });
const matching = (pattern: RegExp, wanted: string): Kind => ({
  code: 'not-a-number',
  wanted,
  fits: (value) => pattern.test(value),
});

const kinds: Readonly<Record<string, Kind>> = {
  bantime: time,
  findtime: time,
  'bantime.maxtime': orEmpty(time),
  'bantime.rndtime': orEmpty(time),
  'ignorecache max-time': time,
  timeout: time,
  dbpurgeage: time,
  'bantime.factor': orEmpty(matching(/^\d{1,9}(?:\.\d{1,9})?$/, 'a number such as 2 or 1.5')),
  'bantime.multipliers': orEmpty(
    matching(/^\d{1,9}(?: \d{1,9})*$/, 'whole numbers with one space between them'),
  ),
  'bantime.increment': orEmpty(bool),
  'bantime.overalljails': orEmpty(bool),
  ignoreself: bool,
  maxretry: whole,
  maxmatches: whole,
  maxlines: whole,
  'ignorecache max-count': whole,
  dbmaxmatches: whole,
  usedns: word('yes', 'warn', 'no', 'raw'),
};

/** Findings about the values of enabled jails and of the server. */
export async function judgeValues(examined: Examined, allowedLogDirs: readonly string[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const [jail, { values, logs }] of Object.entries(examined.jails)) {
    for (const one of values) found.push(...judge(one).map((each) => ({ ...each, jail })));
    for (const { line, path } of logs) {
      if (path === '/dev/null' || isWithin(path, allowedLogDirs)) continue;
      const message = `The log file ${path} is in none of the folders that BanGUI may read logs from.`;
      const place = { jail, option: 'logpath', subject: 'jail', needle: line };
      found.push({ code: 'log-outside', message, severity: 'warning', ...place });
    }
  }
  for (const one of examined.server) {
    found.push(...judge(one).map((each) => ({ ...each, section: 'Definition' })));
    if (one.option === 'logtarget') found.push(...(await judgeTarget(one, allowedLogDirs)));
  }
  return found;
}

function judge({ option, value, subject }: SetValue): Found[] {
  const section = subject.startsWith('filter.d/') ? 'Definition' : null;
  const [name = option] = option.split(' ');
  const found = { option: name, subject, section, severity: 'error' } as const;
  if (option === 'ignoreip') return judgeIgnored(value);
  const kind = kinds[option];
  if (kind === undefined || kind.fits(value)) return [];
  const before = value.split(/[#;]/, 1)[0]?.trim() ?? '';
  const commented = before !== value && kind.fits(before);
  const why = commented
    ? ' What stands behind # belongs to the value: a comment needs a line of its own.'
    : '';
  const message = `“${shown(value)}” is not ${kind.wanted}.${why}`;
  return [{ ...found, code: kind.code, message, near: commented ? [before, [before]] : null }];
}

const longestShown = 80;
const shown = (value: string): string =>
  value.length > longestShown ? `${value.slice(0, longestShown)}…` : value;

/** Names are looked up at every failure, and fail2ban takes nonsense without a word. */
function judgeIgnored(value: string): Found[] {
  return value
    .split(/[ ,\n]+/)
    .filter((one) => one !== '' && parseAddress(one) === null)
    .map((one) => ({
      code: 'not-an-address',
      message: `“${shown(one)}” is no address and no network; fail2ban would look it up as a name.`,
      severity: 'warning',
      option: 'ignoreip',
      subject: 'jail',
      needle: one,
    }));
}

const otherTargets = /^(?:STDOUT|STDERR|SYSLOG|SYSOUT|SYSTEMD-JOURNAL)(?:\[.*\])?$/i;

/** The daemon writes this file as root, wherever it is. */
async function judgeTarget(
  { value, option, subject }: SetValue,
  allowedLogDirs: readonly string[],
): Promise<Found[]> {
  if (otherTargets.test(value)) return [];
  const file = value.replace(/\[.*\]$/, '');
  const folder = await realpath(dirname(file)).catch(() => dirname(file));
  if (file.startsWith('/') && isWithin(join(folder, basename(file)), allowedLogDirs)) return [];
  const message = `fail2ban’s log ${shown(file)} would be in none of the allowed folders.`;
  return [{ code: 'log-outside', message, severity: 'error', option, subject, section: 'Definition' }];
}

const isWithin = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => path.startsWith(folder.endsWith('/') ? folder : `${folder}/`));
