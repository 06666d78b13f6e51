/** The control of an option, after the kind of its value. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useTranslation } from 'react-i18next';
import { parseDuration } from '../../../base/duration.ts';
import { Icon } from '../../../ui/icon.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { ChipsValue } from './chips-value.tsx';
import { isOn, offeredDurations, type FieldKind } from './form-fields.ts';
import { PathsValue } from './paths-value.tsx';
import { useTyped } from './use-typed.ts';
import type { ValueProps } from './value-props.ts';

export function OptionValue({ kind, ...props }: ValueProps & { kind: FieldKind }) {
  if (kind === 'switch') return <SwitchValue {...props} />;
  if (kind === 'duration') return <DurationValue {...props} />;
  if (kind === 'choice') return <ChoiceValue {...props} />;
  if (kind === 'lines') return <LinesValue {...props} />;
  if (kind === 'paths') return <PathsValue {...props} />;
  if (kind === 'chips') return <ChipsValue {...props} />;
  return <TextValue {...props} number={kind === 'number'} />;
}

function SwitchValue({ id, value, describedBy, onChange }: ValueProps) {
  const { t } = useTranslation();
  const on = isOn(value ?? '');
  return (
    <span className="option-switch">
      <input
        id={id}
        type="checkbox"
        className="checkbox"
        checked={on}
        aria-describedby={describedBy}
        onChange={(event) => onChange(event.target.checked ? 'true' : 'false')}
      />
      <span aria-hidden>{on ? t('config.state_on') : t('config.state_off')}</span>
    </span>
  );
}

/** Names can be chosen from a list and typed: fail2ban also takes `sshd[mode=aggressive]` and `%(…)s`. */
function TextValue({
  id,
  value,
  choices,
  wrong,
  describedBy,
  onChange,
  number,
}: ValueProps & { number: boolean }) {
  const typed = useTyped(value, onChange);
  return (
    <>
      <input
        id={id}
        className="input mono"
        {...typed}
        inputMode={number ? 'numeric' : 'text'}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={wrong}
        aria-describedby={describedBy}
        {...(choices.length === 0 ? {} : { list: `${id}-list` })}
      />
      {choices.length === 0 ? null : (
        <datalist id={`${id}-list`}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </>
  );
}

function DurationValue({ id, value, wrong, describedBy, onChange }: ValueProps) {
  const { t } = useTranslation();
  const say = useDurations();
  const typed = useTyped(value, onChange);
  const seconds = value === null || value === '' ? null : parseDuration(value);
  return (
    <span className="option-duration">
      <input
        id={id}
        className="input mono"
        {...typed}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={wrong}
        aria-describedby={describedBy}
      />
      <span className="select-frame">
        <select
          className="input"
          aria-label={t('config.usual_lengths')}
          value=""
          onChange={(event) => onChange(event.target.value)}
        >
          <option value="" disabled>
            {seconds === null ? t('config.usual_lengths') : say(seconds)}
          </option>
          {offeredDurations.map((offered) => (
            <option key={offered} value={offered}>
              {say(parseDuration(offered) ?? 0)}
            </option>
          ))}
        </select>
        <Icon of={IconSelector} />
      </span>
    </span>
  );
}

/** A value that none of the choices is stays: it may be a reference. */
function ChoiceValue({ id, value, choices, describedBy, onChange }: ValueProps) {
  const { t } = useTranslation();
  const own = value === null || value === '' || choices.includes(value) ? [] : [value];
  return (
    <span className="select-frame">
      <select
        id={id}
        className="input"
        value={value ?? ''}
        aria-describedby={describedBy}
        onChange={(event) => onChange(event.target.value)}
      >
        {value === null || value === '' ? <option value="">{t('config.builtin')}</option> : null}
        {[...own, ...choices].map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
      <Icon of={IconSelector} />
    </span>
  );
}

function LinesValue({ id, value, wrong, describedBy, onChange }: ValueProps) {
  const typed = useTyped(value, onChange);
  return (
    <textarea
      id={id}
      className="input option-lines"
      {...typed}
      rows={Math.min(10, Math.max(1, typed.value.split('\n').length))}
      spellCheck={false}
      aria-invalid={wrong}
      aria-describedby={describedBy}
    />
  );
}
