/** Something new: a jail from a template or blank, a filter or an action. It begins as a draft. */
import { useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { fileIdOf, tabOfKind, type ConfigView } from './config-view.ts';
import { blankText } from './blank-text.ts';
import { TemplateChoice, type Template } from './template-choice.tsx';
import { useDrafts } from './use-drafts.ts';

interface NewFileDialogProps {
  kind: 'jail' | 'filter' | 'action';
  /** Names of files that are there. */
  taken: readonly string[];
  onClose: () => void;
}

/** As fail2ban itself wants a jail to be called; longer names break its firewall chains. */
const names = {
  jail: /^[A-Za-z0-9][\w-]{0,29}$/,
  filter: /^[\w-][\w.-]{0,99}$/,
  action: /^[\w-][\w.-]{0,99}$/,
} as const;

export function NewFileDialog({ kind, taken, onClose }: NewFileDialogProps) {
  const { t } = useTranslation();
  const id = useId();
  const navigate = useNavigate();
  const drafts = useDrafts();
  const [name, setName] = useState('');
  const [template, setTemplate] = useState<Template | null>(null);
  const file = `${name}.local`;
  // a jail that is shipped and off is begun with its own name
  const used = taken.includes(file) || (kind !== 'jail' && taken.includes(`${name}.conf`));
  const wrong =
    name === ''
      ? null
      : !names[kind].test(name)
        ? t(`config.name_${kind}`)
        : used
          ? t('config.name_used', { name })
          : null;
  const create = (): void => {
    const key = fileIdOf({ kind, name: file });
    drafts.begin(key, blankText({ kind, name, options: template?.options ?? {} }));
    const tab = tabOfKind[kind];
    const view: ConfigView =
      kind === 'jail' ? { jail: name } : { ...(tab === 'jails' ? {} : { tab }), file: key, view: 'text' };
    void navigate({ to: '/config', search: view });
    onClose();
  };
  return (
    <Dialog
      title={t(`config.new_${kind}`)}
      onClose={onClose}
      foot={
        <>
          <span className="small soft foot-reason">{t('config.new_hint')}</span>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button kind="primary" disabled={name === '' || wrong !== null} onClick={create}>
            {t('config.create')}
          </Button>
        </>
      }
    >
      {kind === 'jail' ? (
        <TemplateChoice
          chosen={template}
          onChoose={(next) => {
            setTemplate(next);
            if (next !== null && (name === '' || name === template?.name)) setName(next.name);
          }}
        />
      ) : null}
      <div className="field">
        <label className="field-label" htmlFor={id}>
          {t('config.name')}
        </label>
        <input
          id={id}
          className="input mono"
          value={name}
          maxLength={100}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={wrong !== null}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setName(event.target.value.trim())}
        />
        <span id={`${id}-hint`} className={wrong === null ? 'field-hint' : 'field-hint tone-bad'}>
          {wrong ?? t('config.new_path', { path: `${kind}.d/${name === '' ? '…' : file}` })}
        </span>
      </div>
    </Dialog>
  );
}
