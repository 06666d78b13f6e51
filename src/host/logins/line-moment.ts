/** The time at the start of a log line, in the forms that services write. */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const dayMs = 86_400_000;

/**
 * ms, or null. Without a zone it is this machine's. Without a year it is the newest such day that is not after
 * `readAt` (ms), a day's difference of clocks allowed.
 */
export function lineMoment(text: string, readAt: number): number | null {
  const found = /^\d+\.\d+$/.test(text) ? Number(text) * 1000 : (ofSyslog(text, readAt) ?? ofWeb(text));
  const ms = found ?? Date.parse(text.replace(' ', 'T'));
  return Number.isFinite(ms) ? Math.round(ms) : null;
}

/** `Nov 28 19:03:15`, with or without a year after it. */
function ofSyslog(text: string, readAt: number): number | null {
  const found = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?: (\d{4}))?$/.exec(text);
  const month = months.indexOf(found?.[1] ?? '');
  if (found === null || month < 0) return null;
  const at = (year: number): number =>
    new Date(year, month, Number(found[2]), Number(found[3]), Number(found[4]), Number(found[5])).getTime();
  if (found[6] !== undefined) return at(Number(found[6]));
  const year = new Date(readAt).getFullYear();
  return at(year) > readAt + dayMs ? at(year - 1) : at(year);
}

/** `28/Nov/2026:19:03:15 +0000` */
function ofWeb(text: string): number | null {
  const found = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)$/.exec(text);
  const month = months.indexOf(found?.[2] ?? '');
  if (found === null || month < 0) return null;
  return Date.parse(
    `${found[3]}-${String(month + 1).padStart(2, '0')}-${found[1]}T${found[4]}${found[5]}:${found[6]}`,
  );
}
