/** One field for two questions: who (an address or a network) and what (words of the log lines). */
import { parseAddress } from '../../../base/address.ts';

export type SearchSplit = { ip: string } | { text: string } | null;

/**
 * An address or network asks for it; the beginning of an IPv4 address, such as `203.0.` or `203.0.11`, for the network
 * of the parts that are complete, so that the list narrows as one types; everything else is words. Empty = null.
 */
export function splitSearch(typed: string): SearchSplit {
  const text = typed.trim();
  if (text === '') return null;
  const address = parseAddress(text);
  if (address !== null) return { ip: address };
  const network = beginning(text);
  return network === null ? { text } : { ip: network };
}

function beginning(text: string): string | null {
  const match = /^((?:\d{1,3}\.){1,3})(?:\d{0,3}|\*)$/.exec(text);
  if (match?.[1] === undefined) return null;
  const parts = match[1].split('.').filter((part) => part !== '');
  const network = [...parts, '0', '0', '0'].slice(0, 4).join('.');
  return parseAddress(`${network}/${parts.length * 8}`);
}
