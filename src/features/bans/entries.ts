/** Reads the addresses, jail and host state that every changing call on bans needs. */
import { parseAddress, type Address } from '../../base/address.ts';
import { daemonUnreachable, invalidInput, notFound, type FieldError } from '../../base/errors.ts';
import type { Host, JailName, JailSnapshot } from '../../host/host.ts';
import { parseJailName } from '../../host/jail-name.ts';

/** All of them, without repetitions, in their order. Throws 422 naming each entry that is no address or network. */
export function readAddresses(entries: readonly string[]): Address[] {
  const addresses = new Set<Address>();
  const wrong: FieldError[] = [];
  for (const [index, entry] of entries.entries()) {
    const address = parseAddress(entry);
    if (address === null) {
      wrong.push({ field: `body.ips.${index}`, message: `${quoted(entry)} is no IP address or network.` });
    } else addresses.add(address);
  }
  const [first] = wrong;
  if (first === undefined) return [...addresses];
  const more = wrong.length > 1 ? ` ${wrong.length - 1} more entries are wrong too.` : '';
  throw invalidInput(`${first.message} Nothing was done.${more}`, wrong.slice(0, 100));
}

/** Throws 503 with fail2ban's reason and what helps, at once: nobody waits for a daemon known not to answer. */
export function requireOnline(host: Host): void {
  const { state, reason, remedy } = host.status();
  if (state === 'online') return;
  throw daemonUnreachable(reason ?? 'fail2ban does not answer.', remedy === null ? {} : { remedy });
}

/** The jail as the daemon runs it now. Throws 422 for text that names no jail, 404 for a jail that does not run. */
export async function requireJail(host: Host, text: string): Promise<JailSnapshot> {
  const name = requireJailName(text);
  const find = (jails: readonly JailSnapshot[]) => jails.find((jail) => jail.name === name);
  const jail = find(host.status().jails) ?? find((await host.refresh()).jails);
  if (jail === undefined) throw notFound(`fail2ban runs no jail named ${quoted(text)}.`);
  return jail;
}

export function requireJailName(text: string): JailName {
  const name = parseJailName(text);
  if (name !== null) return name;
  throw invalidInput(`${quoted(text)} cannot be the name of a jail.`, [
    { field: 'body.jail', message: 'No possible name of a jail' },
  ]);
}

/** Short and in one line, whatever was sent. */
const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);
