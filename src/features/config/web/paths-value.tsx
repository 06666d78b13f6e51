/** Log files of a jail, one a line, and whether each is there now. */
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { logPathQuery } from './config-query.ts';
import { useTyped } from './use-typed.ts';
import type { ValueProps } from './value-props.ts';

/** After so long without a key the path is looked up. */
const restMs = 400;

export function PathsValue({ id, value, comesTo, wrong, describedBy, onChange }: ValueProps) {
  const typed = useTyped(value, onChange);
  // what a reference stands for is known once it is on the disk
  const paths = [...new Set((comesTo ?? value ?? '').split('\n').map((line) => line.trim()))].filter(
    (path) => path !== '' && !path.includes('%('),
  );
  return (
    <div className="option-paths">
      <textarea
        id={id}
        className="input option-lines"
        {...typed}
        rows={Math.min(8, Math.max(1, typed.value.split('\n').length))}
        spellCheck={false}
        aria-invalid={wrong}
        aria-describedby={describedBy}
      />
      <ul className="small">
        {paths.map((path) => (
          <PathState key={path} path={path} />
        ))}
      </ul>
    </div>
  );
}

function PathState({ path }: { path: string }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(path), restMs);
    return () => clearTimeout(timer);
  }, [path]);
  // `head` or `tail` behind a path says where fail2ban begins to read
  const plain = path.replace(/\s+(?:head|tail)$/, '');
  const { data } = useQuery({ ...logPathQuery(useCaller(), plain), enabled: asked === path });
  if (data === undefined) return null;
  if (!data.allowed) {
    return (
      <li className="tone-warn">
        <Icon of={IconAlertTriangle} size={14} /> <span className="mono">{path}</span>{' '}
        {t('config.path_refused')}
      </li>
    );
  }
  if (!data.exists) {
    return (
      <li className="tone-warn">
        <Icon of={IconAlertTriangle} size={14} /> <span className="mono">{path}</span>{' '}
        {t('config.path_missing')}
      </li>
    );
  }
  return (
    <li>
      <Icon of={IconCircleCheckFilled} size={14} tone="ok" /> <span className="mono">{path}</span>{' '}
      <span className="quiet">{t('config.path_files', { count: data.files })}</span>
    </li>
  );
}
