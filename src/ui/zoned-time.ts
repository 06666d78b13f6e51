/** Wall-clock text of a zone, as `<input type="datetime-local">` holds it, to an instant and back. */

/** `2026-11-22T12:04` in this zone. */
export function wallTime(at: number, zone: string): string {
  const parts = new Map(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/**
 * ms of the instant at which a clock in the zone shows this text, null when it is no date. Of an hour that comes
 * twice the first is meant; an hour that is left out in spring is the one after it.
 */
export function instantOf(text: string, zone: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null;
  const wanted = Date.parse(`${text.slice(0, 16)}:00Z`);
  if (Number.isNaN(wanted)) return null;
  const offsetAt = (at: number): number => Date.parse(`${wallTime(at, zone)}:00Z`) - at;
  const day = 86_400_000;
  const offsets = [offsetAt(wanted - day), offsetAt(wanted + day)].map(
    (ms) => Math.round(ms / 60_000) * 60_000,
  );
  const fits = offsets
    .map((offset) => wanted - offset)
    .filter((at) => wallTime(at, zone) === text.slice(0, 16));
  return fits.length === 0 ? wanted - Math.min(...offsets) : Math.min(...fits);
}
