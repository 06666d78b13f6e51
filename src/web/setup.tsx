/** Set-up, composed with the sign-in that follows it. */
import { useQueryClient } from '@tanstack/react-query';
import { signIn } from '../features/auth/web/sign-in.ts';
import { SetupPage } from '../features/setup/web/setup-page.tsx';
import { useCaller } from '../ui/app-context.tsx';

export function Setup() {
  const caller = useCaller();
  const queryClient = useQueryClient();
  return <SetupPage logIn={(password) => signIn({ caller, queryClient }, password)} />;
}
