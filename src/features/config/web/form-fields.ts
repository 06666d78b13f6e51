/** Which options a jail's form shows, in groups, and what kind of value each has. */

export type FieldKind =
  | 'switch'
  | 'duration'
  | 'number'
  | 'backend'
  | 'dns'
  | 'filter'
  | 'action'
  | 'text'
  | 'paths'
  | 'chips'
  | 'code';

export interface Field {
  option: string;
  kind: FieldKind;
}

export interface FieldGroup {
  key: 'reads' | 'bans' | 'grows' | 'ignores' | 'does';
  fields: readonly Field[];
}

/** The rest of a jail's options, which few set, is changed as text. */
export const jailGroupsOfForm: readonly FieldGroup[] = [
  {
    key: 'reads',
    fields: [
      { option: 'filter', kind: 'filter' },
      { option: 'backend', kind: 'backend' },
      { option: 'logpath', kind: 'paths' },
      { option: 'journalmatch', kind: 'text' },
      { option: 'port', kind: 'text' },
    ],
  },
  {
    key: 'bans',
    fields: [
      { option: 'maxretry', kind: 'number' },
      { option: 'findtime', kind: 'duration' },
      { option: 'bantime', kind: 'duration' },
    ],
  },
  {
    key: 'grows',
    fields: [
      { option: 'bantime.increment', kind: 'switch' },
      { option: 'bantime.factor', kind: 'text' },
      { option: 'bantime.maxtime', kind: 'duration' },
      { option: 'bantime.rndtime', kind: 'duration' },
      { option: 'bantime.multipliers', kind: 'text' },
      { option: 'bantime.formula', kind: 'code' },
      { option: 'bantime.overalljails', kind: 'switch' },
    ],
  },
  {
    key: 'ignores',
    fields: [
      { option: 'ignoreip', kind: 'chips' },
      { option: 'ignoreself', kind: 'switch' },
      { option: 'usedns', kind: 'dns' },
      { option: 'ignorecommand', kind: 'code' },
    ],
  },
  {
    key: 'does',
    fields: [
      { option: 'banaction', kind: 'action' },
      { option: 'action', kind: 'code' },
    ],
  },
];

export const backends = ['auto', 'polling', 'pyinotify', 'systemd'] as const;
export const dnsUses = ['yes', 'warn', 'no', 'raw'] as const;

/** As fail2ban reads a switch. */
export const isOn = (value: string): boolean => /^(?:1|on|true|yes)$/i.test(value.trim());

/** fail2ban makes bans of these lengths without a thought; −1 lasts until it is taken back. */
export const offeredDurations = ['10m', '30m', '1h', '6h', '1d', '1w', '-1'] as const;
