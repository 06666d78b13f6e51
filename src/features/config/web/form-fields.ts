/** How a jail's form is laid out, and which control a kind of value has. */
import type { JailOption } from './config-query.ts';

export type FieldKind =
  'switch' | 'duration' | 'number' | 'choice' | 'name' | 'text' | 'paths' | 'chips' | 'lines';

interface FieldGroup {
  key: 'reads' | 'bans' | 'grows' | 'ignores' | 'does' | 'more';
  options: readonly JailOption[];
}

/** What most jails set, in the order in which one thinks of it. */
const layout = [
  ['reads', ['filter', 'backend', 'logpath', 'journalmatch', 'port']],
  ['bans', ['maxretry', 'findtime', 'bantime']],
  [
    'grows',
    [
      'bantime.increment',
      'bantime.factor',
      'bantime.maxtime',
      'bantime.rndtime',
      'bantime.multipliers',
      'bantime.formula',
      'bantime.overalljails',
    ],
  ],
  ['ignores', ['ignoreip', 'ignoreself', 'usedns', 'ignorecommand']],
  ['does', ['banaction', 'action']],
] as const;

/** The groups of the layout, and one of all others that the server knows. */
export function groupsOf(options: readonly JailOption[]): FieldGroup[] {
  const placed = new Set<string>(['enabled', ...layout.flatMap(([, names]) => names)]);
  return [
    ...layout.map(([key, names]) => ({
      key,
      options: names.flatMap((name) => options.filter((option) => option.name === name)),
    })),
    { key: 'more', options: options.filter(({ name }) => !placed.has(name)) },
  ];
}

export function kindOf(option: JailOption): FieldKind {
  if (option.name === 'filter' || option.name === 'banaction') return 'name';
  if (option.runs_code) return 'lines';
  return kinds[option.type];
}

const kinds = {
  boolean: 'switch',
  duration: 'duration',
  number: 'number',
  decimal: 'number',
  choice: 'choice',
  words: 'text',
  addresses: 'chips',
  paths: 'paths',
  expressions: 'lines',
  text: 'text',
} as const;

/** As fail2ban reads a switch. */
export const isOn = (value: string): boolean => /^(?:1|on|true|yes)$/i.test(value.trim());

/** Lengths a ban usually has; −1 lasts until it is taken back. */
export const offeredDurations = ['10m', '30m', '1h', '6h', '1d', '1w', '-1'] as const;
