/** One BanGUI per practice folder, by a lock the kernel gives back when its holder dies. */
import { spawn } from 'node:child_process';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { conflict } from '../../base/errors.ts';

/** Holds the folder until the answer is called. Throws AppError 409 when another process holds it. */
export async function holdFolder(dir: string): Promise<() => Promise<void>> {
  const file = await open(join(dir, 'lock'), 'a+', 0o600);
  const held = await lock(file).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  if (!held) {
    const holder = (await file.readFile('utf8')).trim();
    await file.close();
    throw conflict(
      'practice_in_use',
      `Another BanGUI (process ${holder || 'unknown'}) uses this practice fail2ban. Stop it first.`,
    );
  }
  await file.truncate();
  await file.write(String(process.pid), 0);
  return () => file.close();
}

/** flock(2) belongs to the open file, not to the process: util-linux's program takes it on ours. */
function lock(file: FileHandle): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', ['--nonblock', '3'], { stdio: ['ignore', 'ignore', 'ignore', file.fd] });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}
