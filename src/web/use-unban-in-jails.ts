/** Ends the bans of an entry in some jails, for pages that let it through there. */
import { useQueryClient } from '@tanstack/react-query';
import { unbanInJails } from '../features/bans/web/unban-acts.ts';
import { useActDeps } from '../features/bans/web/use-act-deps.ts';

export function useUnbanInJails(): (entry: string, jails: readonly string[]) => Promise<void> {
  const deps = useActDeps();
  const queryClient = useQueryClient();
  return async (entry, jails) => {
    await unbanInJails(deps, entry, jails);
    await queryClient.invalidateQueries({ queryKey: ['jails'] });
  };
}
