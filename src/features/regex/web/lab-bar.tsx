/** What is tried, on which lines, of which time. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import type { LabSource } from './lab-query.ts';
import { ranges, type LinesFrom, type Range } from './lines-from.ts';

interface LabBarProps {
  jails: readonly { name: string; running: boolean }[];
  filters: readonly string[];
  /** `jail:sshd` or `filter:sshd`. */
  subject: string;
  onSubject: (subject: string) => void;
  sources: readonly LabSource[];
  from: LinesFrom;
  onFrom: (from: LinesFrom) => void;
  range: Range;
  onRange: (range: Range) => void;
  networkOff: boolean | null;
}

export function LabBar(props: LabBarProps) {
  const { jails, filters, subject, sources, from, range, networkOff } = props;
  const { t } = useTranslation();
  const value = from.kind === 'log' || from.kind === 'journal' ? `${from.kind}:${from.name}` : from.kind;
  const pick = (text: string): void => {
    const source = sources.find((one) => `${one.kind}:${one.name}` === text);
    if (source !== undefined && source.kind !== 'history')
      props.onFrom({ kind: source.kind, name: source.name });
    else if (text === 'history' || text === 'samples') props.onFrom({ kind: text });
    else props.onFrom({ kind: 'paste', text: '' });
  };
  return (
    <div className="lab-bar">
      <Pick label={t('lab.filter')} value={subject} onChange={props.onSubject}>
        <optgroup label={t('lab.jails')}>
          {jails.map(({ name, running }) => (
            <option key={name} value={`jail:${name}`}>
              {running ? name : t('lab.off', { name })}
            </option>
          ))}
        </optgroup>
        <optgroup label={t('lab.filters')}>
          {filters.map((name) => (
            <option key={name} value={`filter:${name}`}>
              {name}
            </option>
          ))}
        </optgroup>
      </Pick>
      <Pick label={t('lab.log')} value={value} onChange={pick}>
        {sources.map((source) => (
          <option
            key={`${source.kind}:${source.name}`}
            value={source.kind === 'history' ? 'history' : `${source.kind}:${source.name}`}
            disabled={source.problem !== null}
          >
            {source.kind === 'history'
              ? t('lab.history')
              : source.kind === 'journal'
                ? t('lab.journal', { name: source.name })
                : source.name}
          </option>
        ))}
        <option value="samples">{t('lab.samples')}</option>
        <option value="paste">{t('lab.paste')}</option>
      </Pick>
      <Pick
        label={t('lab.range')}
        value={range}
        onChange={(text) => props.onRange(ranges.find((one) => one === text) ?? 'all')}
      >
        {ranges.map((one) => (
          <option key={one} value={one}>
            {t(`lab.ranges.${one}`)}
          </option>
        ))}
      </Pick>
      <span className="small quiet lab-engine">
        {t('lab.engine')}
        {networkOff === false ? ` ${t('lab.network_on')}` : ''}
      </span>
    </div>
  );
}

interface PickProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: React.ReactNode;
}

function Pick({ label, value, onChange, children }: PickProps) {
  return (
    <label className="chip lab-pick">
      <span className="chip-cell soft">{label}</span>
      <span className="select-frame">
        <select value={value} onChange={(event) => onChange(event.target.value)}>
          {children}
        </select>
        <Icon of={IconSelector} size={14} />
      </span>
    </label>
  );
}
