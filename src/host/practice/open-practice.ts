/** The practice fail2ban when there should be one, with the folder that holds everything of it. */
import { dirname, join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { StartError } from '../../base/start-error.ts';
import { decidePractice, type PracticeQuestion } from './decide.ts';
import { startPractice } from './start.ts';

export interface OpenPractice {
  socketPath: string;
  /** Its configuration. */
  configDir: string;
  /** Program and arguments that start it again after it was ended. */
  startCommand: readonly string[];
  /** BanGUI's database for it: nothing of practice mixes with the real one. */
  databasePath: string;
  stop(): Promise<void>;
}

interface OpenPracticeOptions extends PracticeQuestion {
  /** BanGUI's real database; practice lies beside it. */
  databasePath: string;
  log: Log;
}

/**
 * Null when the configured fail2ban is meant, or when nobody asked for practice by name and it cannot be had.
 * Throws StartError when it was asked for and cannot be had, or when another BanGUI uses it.
 */
export async function openPractice({ log, ...question }: OpenPracticeOptions): Promise<OpenPractice | null> {
  const decision = await decidePractice(question);
  log.info('practice_decided', { ...decision });
  if (!decision.use) return null;
  const dir = practiceFolder(question);
  try {
    const { socketPath, stop } = await startPractice({ dir, log });
    const configDir = join(dir, 'etc');
    const files = ['-c', configDir, '-s', socketPath, '-p', join(dirname(socketPath), 'fail2ban.pid')];
    return {
      socketPath,
      stop,
      configDir,
      startCommand: ['fail2ban-client', ...files, 'start'],
      databasePath: join(dir, 'bangui.db'),
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const optional = question.setting === 'auto' && error.code !== 'practice_in_use';
    if (!optional) throw new StartError(error.code, error.message, { cause: error });
    log.warn('practice_unavailable', { reason: error.message, remedy: error.remedy });
    return null;
  }
}

export function practiceFolder({ databasePath }: { databasePath: string }): string {
  return join(dirname(databasePath), 'practice');
}
