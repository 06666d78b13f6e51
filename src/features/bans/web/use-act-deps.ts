/** What an act on bans needs, as a component has it. */
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import type { ActDeps } from './ban-acts.ts';

export function useActDeps(): ActDeps {
  const { t } = useTranslation();
  const caller = useCaller();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const times = useTimes();
  const say = useDurations();
  return { caller, queryClient, toasts, t, times, say };
}
