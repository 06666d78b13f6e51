/** Whether the files that jails read are there, as far as this process may look. */
import { stat } from 'node:fs/promises';

export interface LogPath {
  path: string;
  /** unseen: we may not look there; fail2ban, which is root, may. */
  state: 'there' | 'gone' | 'unseen';
  size: number | null;
  /** ms. */
  modifiedAt: number | null;
}

export async function lookAtPath(path: string): Promise<LogPath> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { path, state: 'there', size, modifiedAt: Math.round(mtimeMs) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const gone = code === 'ENOENT' || code === 'ENOTDIR';
    return { path, state: gone ? 'gone' : 'unseen', size: null, modifiedAt: null };
  }
}
