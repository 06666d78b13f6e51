/** The help sheet, drawn from the registry: it lists what works on the page behind it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../ui/dialog.tsx';
import { Key, modName } from '../ui/key.tsx';
import { useShortcuts } from '../ui/use-shortcut.ts';

const groups = ['list', 'act', 'go'] as const;

export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const shortcuts = useShortcuts();
  const [all] = useState(() => shortcuts.list());
  return (
    <Dialog title={t('shortcuts.title')} onClose={onClose}>
      <div className="shortcuts">
        {groups.map((group) => (
          <section key={group} aria-label={t(`shortcuts.${group}`)}>
            <h3 className="small quiet">{t(`shortcuts.${group}`)}</h3>
            <dl>
              {all
                .filter((shortcut) => shortcut.group === group)
                .map((shortcut) => (
                  <div key={shortcut.keys}>
                    <dt>{shortcut.label}</dt>
                    <dd>
                      <span className="sr-only">{shortcut.keys}</span>
                      {shortcut.keys.split(' ').map((key) => (
                        <Key key={key} name={key === 'Escape' ? 'Esc' : key === 'Mod' ? modName : key} />
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
