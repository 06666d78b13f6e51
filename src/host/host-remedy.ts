/** What an operator can do about a fail2ban that does not answer, as a command where there is one. */
import { access, constants } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import type { FaultState } from './wire/wire-error.ts';

/** Null when nothing helps but time. */
export async function hostRemedy(state: FaultState, socketPath: string): Promise<string | null> {
  switch (state) {
    case 'refused':
      return await grantAccess(socketPath);
    case 'unreachable':
      return `Start it (sudo systemctl start fail2ban), or set BANGUI_FAIL2BAN_SOCKET: it is ${socketPath} now.`;
    case 'garbled':
      return `Set BANGUI_FAIL2BAN_SOCKET to fail2ban’s own socket: it is ${socketPath} now.`;
    case 'unresponsive':
      return 'If it stays so: sudo systemctl restart fail2ban';
  }
}

/** fail2ban makes its socket for root alone, anew at each start; an access list entry is the smallest key. */
async function grantAccess(socketPath: string): Promise<string> {
  const folder = dirname(socketPath);
  const entry = (rights: string): string => `-m u:${quoted(userInfo().username)}:${rights}`;
  const open = `sudo setfacl ${entry('rw')} ${quoted(socketPath)}`;
  const mayEnter = await access(folder, constants.X_OK).then(
    () => true,
    () => false,
  );
  return mayEnter ? open : `sudo setfacl ${entry('x')} ${quoted(folder)} && ${open}`;
}

const quoted = (word: string): string =>
  /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
