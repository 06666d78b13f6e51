/** Discards a draft; for ten seconds it can be had again. */
import { useTranslation } from 'react-i18next';
import { useToasts } from '../../../ui/toast.tsx';
import type { OpenFile } from './use-open-file.ts';

export function useDiscard(): (file: OpenFile) => void {
  const { t } = useTranslation();
  const toasts = useToasts();
  return (file) => {
    const undo = file.discard();
    toasts.show({ tone: 'ok', title: t('config.discarded', { path: file.path }), undo });
  };
}
