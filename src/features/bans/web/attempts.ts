/** Acts under way and acts that failed, each at its own row: shown at once, settled or turned red in place. */
import type { QueryClient } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import { rowKey, type BansView } from './bans-view.ts';

export interface BanInput {
  ips: string[];
  jail: string;
  /** Whole seconds, −1 = permanent; absent = the jail's own. */
  duration?: number;
  reason?: string;
  force?: boolean;
}

export interface Attempt {
  act: 'ban' | 'unban';
  state: 'pending' | 'failed';
  ip: string;
  jail: string;
  /** ms. */
  at: number;
  /** Why it failed. */
  detail: string | null;
  /** Of a ban: the same again, for Retry. */
  input: BanInput | null;
}

const key = ['bans', 'attempts'];

export function useAttempts(): readonly Attempt[] {
  const { data } = useQuery<readonly Attempt[]>({
    queryKey: key,
    queryFn: () => [],
    initialData: [],
    gcTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/** One attempt a row: a newer one takes the place of the older. */
export function putAttempts(queryClient: QueryClient, attempts: readonly Attempt[]): void {
  const keys = new Set(attempts.map(rowKey));
  queryClient.setQueryData<readonly Attempt[]>(key, (all = []) => [
    ...attempts,
    ...all.filter((attempt) => !keys.has(rowKey(attempt))),
  ]);
}

export function dropAttempts(queryClient: QueryClient, rows: readonly { ip: string; jail: string }[]): void {
  const keys = new Set(rows.map(rowKey));
  queryClient.setQueryData<readonly Attempt[]>(key, (all = []) =>
    all.filter((attempt) => !keys.has(rowKey(attempt))),
  );
}

/** Bans under way that would stand in this view once they are made. */
export const attemptedBans = (attempts: readonly Attempt[], view: BansView): Attempt[] =>
  attempts.filter(
    (attempt) =>
      attempt.act === 'ban' &&
      (view.jail === undefined || view.jail === attempt.jail) &&
      (view.search === undefined || attempt.ip.includes(view.search)) &&
      // where they are is known once they are made
      view.country === undefined &&
      (view.origin === undefined || view.origin === 'manual'),
  );
