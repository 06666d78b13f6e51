/** The secret that signs session cookies when none is configured: made once, kept beside the database. */
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartError } from '../../base/start-error.ts';

/**
 * Reads `session-secret` (mode 0600) in the database's folder, or makes it. Two instances that start at once end up
 * with the same one: the file appears complete or not at all, and the first to put it there wins.
 */
export function keepSessionSecret(databasePath: string): string {
  const file = join(dirname(databasePath), 'session-secret');
  const known = read(file);
  if (known !== null) return known;
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, `${randomBytes(48).toString('base64url')}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw unusable(file, error);
  } finally {
    rmSync(draft, { force: true });
  }
  const made = read(file);
  if (made === null) throw unusable(file, null);
  return made;
}

/** Null when there is none. A file that was cut short or emptied is an error, not a reason to sign everybody out. */
function read(file: string): string | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw unusable(file, error);
  }
  if (text.length < 32) throw unusable(file, null);
  return text;
}

function unusable(file: string, cause: unknown): StartError {
  const why = cause instanceof Error ? cause.message : 'it holds fewer than 32 characters';
  return new StartError(
    'session_secret_unusable',
    `The session secret in ${file} cannot be used: ${why}. Repair or remove the file, or set BANGUI_SESSION_SECRET.`,
    { cause },
  );
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
