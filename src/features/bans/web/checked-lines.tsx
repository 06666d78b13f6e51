/** What the server thinks of each pasted entry; a guarded one is banned only after its address is typed. */
import IconAlertOctagon from '@tabler/icons-react/dist/esm/icons/IconAlertOctagon.mjs';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconMinus from '@tabler/icons-react/dist/esm/icons/IconMinus.mjs';
import IconShieldHalf from '@tabler/icons-react/dist/esm/icons/IconShieldHalf.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { CheckedEntry, Checks } from './use-checks.ts';

const shapes = {
  ok: IconCheck,
  guarded: IconShieldHalf,
  invalid: IconAlertOctagon,
  duplicate: IconMinus,
  already_banned: IconMinus,
} as const;
const tones = {
  ok: 'ok',
  guarded: 'warn',
  invalid: 'bad',
  duplicate: 'quiet',
  already_banned: 'quiet',
} as const;

interface CheckedLinesProps {
  checks: Checks;
  typed: Readonly<Record<string, string>>;
  onType: (ip: string, value: string) => void;
}

const shown = 200;
/** What needs a look stands first. */
const order: readonly CheckedEntry['verdict'][] = ['invalid', 'guarded', 'already_banned', 'duplicate', 'ok'];

export function CheckedLines({ checks, typed, onType }: CheckedLinesProps) {
  const { t } = useTranslation();
  const { items } = checks;
  if (items.length === 0) return null;
  const ok = items.filter((item) => item.verdict === 'ok').length;
  const lines = items
    .map((item, line) => ({ item, line }))
    .toSorted((a, b) => order.indexOf(a.item.verdict) - order.indexOf(b.item.verdict))
    .slice(0, shown);
  return (
    <section className="checked" aria-label={t('ban.check')} aria-busy={checks.waiting}>
      <p className="small soft" role="status">
        {checks.waiting
          ? t('ban.checking')
          : t('ban.summary', { ok: formatCount(ok), all: formatCount(items.length) })}
      </p>
      <ul>
        {lines.map(({ item, line }) => (
          <Line key={line} item={item} typed={typed[item.ip ?? ''] ?? ''} onType={onType} />
        ))}
      </ul>
      {items.length > shown ? (
        <p className="small quiet">{t('ban.more_lines', { count: items.length - shown })}</p>
      ) : null}
    </section>
  );
}

interface LineProps {
  item: CheckedEntry;
  typed: string;
  onType: (ip: string, value: string) => void;
}

function Line({ item, typed, onType }: LineProps) {
  const { t } = useTranslation();
  const { ip, verdict } = item;
  const forced = verdict === 'guarded' && ip !== null && typed.trim() === ip;
  return (
    <li className={`checked-line checked-${verdict}`}>
      <Icon of={shapes[verdict]} size={14} tone={tones[verdict]} />
      <span className="mono checked-entry">{item.entry}</span>
      {ip !== null && ip !== item.entry ? <span className="mono quiet">= {ip}</span> : null}
      <span className="small soft checked-detail">
        {forced
          ? t('ban.forced')
          : `${t(`ban.verdict.${verdict}`)}${item.detail === null ? '' : `: ${item.detail}`}`}
      </span>
      {verdict === 'guarded' && ip !== null ? (
        <label className="guard-field">
          <span className="small soft">{t('ban.guard_force')}</span>
          <input
            className="input mono"
            aria-label={t('ban.guard_type', { ip })}
            placeholder={ip}
            value={typed}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onType(ip, event.target.value)}
          />
        </label>
      ) : null}
    </li>
  );
}
