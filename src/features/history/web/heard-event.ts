/** A ban or unban as the live stream tells it. */
import type { LiveEvent } from '../../../ui/live.ts';

/** An event as far as the stream tells it; what it does not say is null. */
export interface HeardEvent {
  action: 'ban' | 'unban';
  ip: string;
  jail: string;
  /** ms. */
  at: number;
  country: string | null;
  asn: number | null;
  origin: string | null;
}

/** Null when it is no ban and no unban, or not readable. */
export function readHeardEvent({ type, data }: LiveEvent): HeardEvent | null {
  if (type !== 'ban' && type !== 'unban') return null;
  if (typeof data !== 'object' || data === null) return null;
  const fields: Record<string, unknown> = { ...data };
  const { ip, jail, country, asn, origin } = fields;
  const at = Date.parse(String(fields['banned_at'] ?? fields['at']));
  if (typeof ip !== 'string' || typeof jail !== 'string' || Number.isNaN(at)) return null;
  return {
    action: type,
    ip,
    jail,
    at,
    country: typeof country === 'string' ? country : null,
    asn: typeof asn === 'number' ? asn : null,
    origin: typeof origin === 'string' ? origin : null,
  };
}
