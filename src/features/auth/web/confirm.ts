/** Types the password again, for what makes fail2ban run commands. */
import type { Caller } from '../../../ui/call.ts';
import type { Problem } from '../../../ui/problem.ts';
import type * as contract from '../contract.ts';

/** Null when it was right. */
export async function confirmPassword(caller: Caller, password: string): Promise<Problem | null> {
  const result = await caller.call<typeof contract.confirm>('POST /api/v1/auth/confirm', {
    body: { password },
  });
  return result.ok ? null : result.problem;
}
