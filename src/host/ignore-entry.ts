/** The one maker of entries for ignore lists: fail2ban itself takes any text, and reads some of it as another address. */
import { parseAddress, type Address } from '../base/address.ts';

/** An address or network in its one spelling, or a host name in lower case. */
export type IgnoreEntry = Address | HostName;
type HostName = string & { readonly __brand: 'HostName' };

const longestName = 253;
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Null for what is neither; a text of digits and points is never a host name. */
export function parseIgnoreEntry(text: string): IgnoreEntry | null {
  const trimmed = text.trim();
  const address = parseAddress(trimmed);
  if (address !== null) return address;
  const name = trimmed.toLowerCase();
  return isHostName(name) ? name : null;
}

/** RFC 1123, section 2.1; the last label is not all digits, so that a mistyped address is no name. */
function isHostName(text: string): text is HostName {
  if (text.length === 0 || text.length > longestName) return false;
  const labels = text.split('.');
  return labels.every((one) => label.test(one)) && !/^\d+$/.test(labels.at(-1) ?? '');
}
