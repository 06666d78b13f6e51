/** Whether BanGUI brings a private practice fail2ban: only where there is nothing real it could be mistaken for. */
import { lstat } from 'node:fs/promises';
import { fail2banProcesses, isPractice } from './find-servers.ts';

export interface PracticeQuestion {
  /** `BANGUI_PRACTICE`. */
  setting: 'auto' | 'always' | 'never';
  /** Whether the operator named a socket; then that one is meant, there or not. */
  socketConfigured: boolean;
  socketPath: string;
  /** Where the kernel lists processes; tests give their own. */
  processFolder?: string;
}

/**
 * Answers yes or no, and the reason in a sentence for the page. `auto` is yes only when no socket is configured, no
 * socket file exists and no fail2ban runs: a socket that exists but refuses us is a real fail2ban, and stays a no.
 */
export async function decidePractice(question: PracticeQuestion): Promise<{ use: boolean; reason: string }> {
  const { setting, socketConfigured, socketPath } = question;
  if (setting === 'always') return { use: true, reason: 'BANGUI_PRACTICE is "always".' };
  if (setting === 'never') return { use: false, reason: 'BANGUI_PRACTICE is "never".' };
  if (socketConfigured) return { use: false, reason: `BANGUI_FAIL2BAN_SOCKET names ${socketPath}.` };
  if (!(await isSurelyAbsent(socketPath))) {
    return { use: false, reason: `There is a fail2ban socket at ${socketPath}.` };
  }
  const real = (await fail2banProcesses(question.processFolder)).find((process) => !isPractice(process));
  if (real !== undefined) {
    const reason = `A fail2ban runs here (process ${real.pid}), though not with a socket at ${socketPath}.`;
    return { use: false, reason };
  }
  return { use: true, reason: `No fail2ban runs here, and there is no socket at ${socketPath}.` };
}

/** A folder we may not look into can hide a socket: that is not absence. */
async function isSurelyAbsent(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
  }
}
