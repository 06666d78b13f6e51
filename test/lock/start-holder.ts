/** Starts a process that holds the scheduler lock. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LockTimes } from '../../src/platform/lock/lock.ts';
import { until } from '../bangui.ts';
import type { LockPlace } from './open-lock.ts';

export interface HolderProcess {
  /** What it said: `held <token>`, `lost`, `refused <reason>`. */
  said: readonly string[];
  /** Waits until it holds the lock. */
  untilHeld(): Promise<void>;
  stop(): void;
  resume(): void;
  kill(): Promise<void>;
}

export async function startHolder(
  place: LockPlace,
  { times = {}, dawdles = false }: { times?: Partial<LockTimes>; dawdles?: boolean } = {},
): Promise<HolderProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'holder.ts')], {
    env: {
      ...process.env,
      HOLDER_PLACE: JSON.stringify(place),
      HOLDER_OPTIONS: JSON.stringify({ times }),
      ...(dawdles ? { HOLDER_DAWDLES: '1' } : {}),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  const untilHeld = async (): Promise<void> => {
    await until('the process holds the lock', () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      return said.some((line) => line.startsWith('held'));
    });
  };
  return {
    said,
    untilHeld,
    stop: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async kill() {
      process.off('exit', killWithUs);
      child.kill('SIGKILL');
      await ended;
    },
  };
}
