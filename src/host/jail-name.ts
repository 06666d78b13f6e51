/** The one maker of jail names: what fail2ban accepts as a name, without what would turn a command into another. */
import type { JailName } from './host.ts';

const longestName = 200;

/** Words that `get X …` and `set X …` take for a server setting: `set logtarget banip` would redirect the log. */
const serverSettings = new Set([
  'loglevel',
  'logtarget',
  'syslogsocket',
  'allowipv6',
  'thread',
  'dbfile',
  'dbmaxmatches',
  'dbpurgeage',
]);

/** Null for names that no jail can have. Spaces and any letters are fine; control characters and markers are not. */
export function parseJailName(text: string): JailName | null {
  return isJailName(text) ? text : null;
}

function isJailName(text: string): text is JailName {
  if (text.length === 0 || text.length > longestName || text.trim() !== text) return false;
  if (!text.isWellFormed() || /\p{Cc}|\p{Zl}|\p{Zp}/u.test(text)) return false;
  if (text.startsWith('-') || text.includes('<F2B_') || serverSettings.has(text)) return false;
  // `status` lists all names in one string, separated by commas.
  return !text.includes(',');
}
