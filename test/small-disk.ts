/** A disk of a few megabytes that can be filled and freed: a tmpfs where we may mount one. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface SmallDisk {
  dir: string;
  /** Writes until not a byte more fits. */
  fill(): Promise<void>;
  free(): Promise<void>;
  /** Mounts it again, so that nothing on it can be written. Nobody may have a file of it open for writing. */
  readOnly(): Promise<void>;
  remove(): Promise<void>;
}

const run = promisify(execFile);

export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const dir = await mkdtemp(join(tmpdir(), 'bangui-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'bangui-test', dir]);
  const ballast = join(dir, 'ballast');
  const unmount = (): void => void execFile('umount', ['--lazy', dir]);
  process.once('exit', unmount);
  return {
    dir,
    async fill() {
      const full = await writeFile(ballast, Buffer.alloc((megabytes + 1) * 1024 * 1024)).catch(
        (error: unknown) => error,
      );
      if (!(full instanceof Error && 'code' in full && full.code === 'ENOSPC'))
        throw new Error('the disk is not full', { cause: full });
    },
    free: () => rm(ballast, { force: true }),
    readOnly: async () => void (await run('mount', ['-o', 'remount,ro', dir])),
    async remove() {
      process.off('exit', unmount);
      await run('umount', ['--lazy', dir]);
      await rm(dir, { recursive: true });
    },
  };
}
