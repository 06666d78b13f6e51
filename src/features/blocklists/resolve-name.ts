/** Addresses of a host name on the allow-list, or a sentence why there are none. */
import { lookup } from 'node:dns/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { addressKey, parseAddress, type Address } from '../../base/address.ts';

export type ResolveName = (name: string) => Promise<readonly string[]>;
export type Resolved = { addresses: Address[] } | { trouble: string };

/** Of both families, as the machine itself resolves names. */
export const lookUpName: ResolveName = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address);

const patienceMs = 5_000;
/** Whoever runs the name decides what it says. */
const mostAddresses = 64;

/** In the order of addresses. Never throws, and answers within five seconds. */
export async function resolveName(resolve: ResolveName, name: string): Promise<Resolved> {
  const given = new AbortController();
  try {
    const late = wait(patienceMs, null, { signal: given.signal });
    const texts = await Promise.race([resolve(name), late]);
    if (texts === null) return { trouble: 'The name servers did not answer in time.' };
    const addresses = [...new Set(texts.flatMap((text) => parseAddress(text) ?? []))];
    if (addresses.length === 0) return { trouble: 'The name has no address.' };
    const sorted = addresses.toSorted((a, b) => (addressKey(a) < addressKey(b) ? -1 : 1));
    return { addresses: sorted.slice(0, mostAddresses) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return {
      trouble:
        code === 'ENOTFOUND' ? 'The name has no address.' : `The name could not be resolved (${code}).`,
    };
  } finally {
    given.abort();
  }
}
