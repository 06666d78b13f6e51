/** One option of a form: its name, its value, the line that decides it, what is wrong with it, and the way back. */
import IconArrowBackUp from '@tabler/icons-react/dist/esm/icons/IconArrowBackUp.mjs';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import type { Finding } from './config-query.ts';
import { viewOfPlace } from './config-view.ts';
import type { FieldState } from './field-state.ts';
import type { FieldKind } from './form-fields.ts';
import { OptionValue } from './option-value.tsx';
import { useOptionName } from './use-option-name.ts';

interface OptionFieldProps {
  option: string;
  kind: FieldKind;
  state: FieldState;
  findings: readonly Finding[];
  /** What it is for; empty when nobody says. */
  sentence: string;
  /** Names to choose from. */
  choices: readonly string[];
  /** Null takes our line away. */
  onChange: (value: string | null) => void;
}

export function OptionField({
  option,
  kind,
  sentence,
  state,
  findings,
  choices,
  onChange,
}: OptionFieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const title = useOptionName()(option);
  const wrong = findings.length > 0;
  return (
    <div className={state.changed ? 'option option-changed' : 'option'}>
      <div className="option-name">
        <label htmlFor={id}>{title}</label>
        {title === option ? null : <span className="mono small quiet">{option}</span>}
      </div>
      <div className="option-value">
        <OptionValue
          id={id}
          kind={kind}
          value={state.value}
          comesTo={state.comesTo}
          choices={choices}
          wrong={wrong}
          describedBy={`${id}-about`}
          onChange={onChange}
        />
        <div id={`${id}-about`} className="option-about small">
          {findings.map((finding) => (
            <p key={`${finding.code} ${finding.message}`} className={`finding-${finding.severity}`}>
              {finding.message}
              {finding.suggestion === null ? null : (
                <>
                  {' '}
                  <button type="button" className="link-button" onClick={() => onChange(finding.suggestion)}>
                    {t('config.use_suggestion', { name: finding.suggestion })}
                  </button>
                </>
              )}
            </p>
          ))}
          {sentence === '' ? null : <span className="quiet">{sentence} </span>}
          <Origin state={state} />
          {state.comesTo === null ? null : (
            <span className="quiet"> {t('config.comes_to', { value: short(state.comesTo) })}</span>
          )}
        </div>
      </div>
      {state.ours ? (
        <button type="button" className="link-button option-back" onClick={() => onChange(null)}>
          <Icon of={IconArrowBackUp} size={14} />{' '}
          {state.below === null
            ? t('config.back_to_default')
            : t('config.back_to', {
                value: short(state.below.value),
                place: `${state.below.place.file}:${state.below.place.line}`,
              })}
          <span className="sr-only"> {option}</span>
        </button>
      ) : null}
    </div>
  );
}

function Origin({ state }: { state: FieldState }) {
  const { t } = useTranslation();
  if (state.changed && state.ours) return <span className="option-mine">{t('config.set_here')}</span>;
  if (state.origin === null) {
    return <span className="quiet">{state.ours ? t('config.set_here') : t('config.builtin')}</span>;
  }
  const place = `${state.origin.file}:${state.origin.line}`;
  const view = viewOfPlace(state.origin.file, state.origin.line);
  if (view === null) return <span className="mono quiet">{place}</span>;
  return (
    <Link
      to="/config"
      search={view}
      className="mono option-place"
      activeOptions={{ exact: true }}
      activeProps={{}}
    >
      {place}
    </Link>
  );
}

/** Long values are told by their beginning. */
const short = (value: string): string => {
  const line = value.replaceAll(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
};
