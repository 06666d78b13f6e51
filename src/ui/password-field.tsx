/** A password with a switch that shows it. */
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs';
import IconEyeOff from '@tabler/icons-react/dist/esm/icons/IconEyeOff.mjs';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './button.tsx';

interface PasswordFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete: 'current-password' | 'new-password';
  autoFocus?: boolean;
  invalid?: boolean;
  /** Under the field; read out with it. */
  hint?: ReactNode;
}

export function PasswordField({
  label,
  value,
  onChange,
  autoComplete,
  autoFocus,
  invalid,
  hint,
}: PasswordFieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className="input-frame">
        <input
          id={id}
          className="input input-large input-password"
          type={shown ? 'text' : 'password'}
          value={value}
          autoComplete={autoComplete}
          autoFocus={autoFocus}
          required
          maxLength={200}
          spellCheck={false}
          aria-invalid={invalid ?? false}
          aria-describedby={hint === undefined ? undefined : `${id}-hint`}
          onChange={(event) => onChange(event.target.value)}
        />
        <span className="input-end">
          <IconButton
            label={shown ? t('login.hide') : t('login.show')}
            icon={shown ? IconEyeOff : IconEye}
            onClick={() => setShown(!shown)}
          />
        </span>
      </div>
      {hint === undefined ? null : (
        <div id={`${id}-hint`} className="field-hints">
          {hint}
        </div>
      )}
    </div>
  );
}
