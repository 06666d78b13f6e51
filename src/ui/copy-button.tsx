/** Copies a text and says so for two seconds. */
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconCopy from '@tabler/icons-react/dist/esm/icons/IconCopy.mjs';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from './button.tsx';
import { copyText } from './copy-text.ts';

interface CopyButtonProps {
  text: string;
  /** What is copied, for readers: "address", "command". */
  what: string;
  /** With a word beside the icon. */
  worded?: boolean;
}

export function CopyButton({ text, what, worded = false }: CopyButtonProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (): void => void copyText(text).then(setCopied);
  const icon = copied ? IconCheck : IconCopy;
  const label = copied ? t('ui.copied') : t('ui.copy_what', { what });
  if (!worded) return <IconButton label={label} icon={icon} onClick={copy} />;
  return (
    <Button icon={icon} onClick={copy} aria-label={label}>
      {copied ? t('ui.copied') : t('ui.copy')}
    </Button>
  );
}
