/** Where fail2ban's program is; brought from Debian's package when it is missing and we may. */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';

const remedy = 'sudo apt-get install --no-install-recommends fail2ban';
const installer = join(import.meta.dirname, '../../../runtime/debian-packages.mjs');

/**
 * The path of a program of fail2ban. Missing and we are root: Debian's package is installed, its service kept from
 * starting. Else AppError 503 `practice_unavailable` with a sentence what to install.
 */
export async function program(name: string, log: Log): Promise<string> {
  const known = await inPath(name);
  if (known !== null) return known;
  if (process.getuid?.() === 0) {
    log.info('practice_installing_fail2ban');
    await install(log);
    const installed = await inPath(name);
    if (installed !== null) return installed;
  }
  throw new AppError(
    503,
    'practice_unavailable',
    `A practice fail2ban needs the package fail2ban, which is not installed. Install it: ${remedy}`,
    { remedy },
  );
}

/** The first program of this name on PATH; null when there is none. */
export async function inPath(name: string): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && usable) return path;
  }
  return null;
}

function install(log: Log): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [installer, 'fail2ban'], (error, stdout, stderr) => {
      if (error === null) {
        log.info('practice_fail2ban_installed', { said: stdout.trim() });
        resolve();
        return;
      }
      const sentence = `The package fail2ban could not be installed: ${stderr.trim() || error.message}`;
      reject(new AppError(503, 'practice_unavailable', sentence, { cause: error }));
    });
  });
}
