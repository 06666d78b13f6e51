/** Lets an address through in one jail or in all, from wherever it is looked at. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { EntryForm } from '../../../ui/entry-form.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { useActs } from '../../../ui/page-context.tsx';
import { jailsQuery } from './jails-query.ts';
import { useIgnoresInJails } from './use-ignores-in-jails.ts';

interface IgnoreDialogProps {
  address: string;
  onClose: () => void;
}

export function IgnoreDialog({ address, onClose }: IgnoreDialogProps) {
  const { t } = useTranslation();
  const { off } = useActs();
  const { data } = useQuery(jailsQuery(useCaller()));
  const [jail, setJail] = useState('');
  const acts = useIgnoresInJails(() => undefined);
  const running = (data?.items ?? []).filter(({ ban_seconds: time }) => time !== null);
  return (
    <Dialog title={t('jails.ignored.dialog')} onClose={onClose}>
      <EntryForm
        initial={address}
        onAdd={async (entry) => {
          const problem = await acts.add(entry, jail === '' ? 'all' : [jail]);
          if (problem === null) onClose();
          return problem;
        }}
        act={t('jails.ignore.add')}
        failed={t('jails.ignore.failed')}
        disabled={off !== null}
      >
        <label className="field">
          <span className="field-label">{t('jails.ignored.jails')}</span>
          <span className="select-frame">
            <select className="input" value={jail} onChange={(event) => setJail(event.target.value)}>
              <option value="">{t('jails.ignored.all_jails')}</option>
              {running.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
            <Icon of={IconSelector} />
          </span>
        </label>
      </EntryForm>
      {off === null ? null : <p className="small soft">{off}</p>}
    </Dialog>
  );
}
