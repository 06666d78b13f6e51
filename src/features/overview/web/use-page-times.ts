/** When a page was read, in words. */
import { useTimes } from '../../../ui/page-context.tsx';
import { useNow } from '../../../ui/use-now.ts';

export function usePageTimes(): { asOf: (at: number) => string } {
  const times = useTimes();
  const now = useNow(30_000);
  return { asOf: (at) => times.exact(at, Math.max(now, at)) };
}
