/** Bans and ends bans one address a command, so that fail2ban is never held longer than one run of its actions. */
import type { Address } from '../base/address.ts';
import { permanent } from '../base/duration.ts';
import type { BanReply, JailName } from './host.ts';
import type { Commands } from './wire/commands.ts';
import { DaemonError, WireError } from './wire/wire-error.ts';

/**
 * An outcome per address, in order. fail2ban counts only new bans, so that one address a command is what tells new
 * from held; with an action, more at once would cost the same and freeze everybody else (3 s for three `sleep 1`).
 * Throws when the jail is unknown or fail2ban does not answer before anything was sent.
 */
export async function banMany(
  commands: Commands,
  jail: JailName,
  addresses: readonly Address[],
): Promise<BanReply[]> {
  // Unknown jails and a dead daemon show here, before any ban was sent.
  await commands.jailCounters(jail);
  const outcomes = new Map<Address, BanReply>();
  let lost: WireError | null = null;
  for (const address of new Set(addresses)) {
    if (lost !== null) {
      outcomes.set(address, failed(address, `Not sent: ${lost.message}`));
      continue;
    }
    try {
      const isNew = await commands.ban(jail, address);
      outcomes.set(address, { address, outcome: isNew ? 'banned' : 'already_banned', detail: null });
    } catch (error) {
      if (error instanceof WireError) lost = error;
      outcomes.set(address, failed(address, refusal(error)));
    }
  }
  if (lost === null) await confirmHeld(commands, jail, outcomes);
  return addresses.map((address) => outcomes.get(address) ?? failed(address, null));
}

/** How many bans ended. What ended before a failure stays ended. */
export async function unbanMany(
  commands: Commands,
  jail: JailName | null,
  addresses: readonly Address[],
): Promise<number> {
  let ended = 0;
  for (const address of new Set(addresses)) ended += await commands.unban(address, jail);
  return ended;
}

const failed = (address: Address, detail: string | null): BanReply => ({
  address,
  outcome: 'failed',
  detail,
});

/** A sentence for a failure of the wire or of fail2ban; anything else is our own mistake and thrown on. */
function refusal(error: unknown): string {
  if (error instanceof DaemonError)
    return error.message === '' ? 'fail2ban refused.' : `fail2ban refused: ${error.message}`;
  if (!(error instanceof WireError)) throw error;
  return error.state === 'unresponsive' ? `${error.message} The ban may still take effect.` : error.message;
}

/**
 * fail2ban says "not new" also when the jail's ban time lets bans end at once (`bantime = 0`). Asking whether it holds
 * the address would cost its only thread up to 0.1 s in a jail of 100,000; the ban time itself tells the same.
 */
async function confirmHeld(
  commands: Commands,
  jail: JailName,
  outcomes: Map<Address, BanReply>,
): Promise<void> {
  const notNew = [...outcomes.values()].filter(({ outcome }) => outcome === 'already_banned');
  if (notNew.length === 0) return;
  const doubt = await commands
    .banSeconds(jail)
    .then(
      (seconds) =>
        seconds > 0 || seconds === permanent
          ? null
          : 'Bans of this jail end at once: its ban time is not above 0.',
      refusal,
    );
  if (doubt === null) return;
  for (const { address } of notNew) outcomes.set(address, failed(address, doubt));
}
