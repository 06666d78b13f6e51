/** A way to the practice folder that a unix socket's name and fail2ban's configuration can carry. */
import { mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { shortPathRecord } from './find-servers.ts';

/** Linux: `sun_path` holds 108 bytes, the last of them NUL. */
const longestSocketPath = 107;
const longestNameInside = '/fail2ban.sock'.length;

/**
 * Answers `dir` itself, or, when it is too long for a socket or holds characters that fail2ban's files give a meaning
 * (blank, `%`, `*` …), a link to it in a private folder (0700) under the system's temporary folder. The link is
 * remembered in `dir` and used again.
 */
export async function shortPathTo(dir: string): Promise<string> {
  if (isUsable(dir)) return dir;
  const record = join(dir, shortPathRecord);
  const known = await readFile(record, 'utf8').catch(() => '');
  if (known !== '' && (await readlink(known).catch(() => '')) === dir) return known;
  const parent = isUsable(join(tmpdir(), 'bangui-XXXXXX', 'practice')) ? tmpdir() : '/tmp';
  const link = join(await mkdtemp(join(parent, 'bangui-')), 'practice');
  await symlink(dir, link);
  await writeFile(record, link, { mode: 0o600 });
  return link;
}

/** Takes the link away again; nothing to do when there is none. */
export async function forgetShortPath(dir: string): Promise<void> {
  const record = join(dir, shortPathRecord);
  const link = await readFile(record, 'utf8').catch(() => '');
  if (link !== '' && (await readlink(link).catch(() => '')) === dir) {
    await rm(dirname(link), { recursive: true, force: true });
  }
  await rm(record, { force: true });
}

const isUsable = (dir: string): boolean =>
  Buffer.byteLength(dir) + longestNameInside <= longestSocketPath && /^[\w./@+,=-]+$/.test(dir);
