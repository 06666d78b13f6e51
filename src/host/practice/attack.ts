/** Plays attackers on the practice jails: writes the log lines real ones cause, so that bans arrive within seconds. */
import { appendFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { conflict, invalidInput } from '../../base/errors.ts';
import { attemptLine, newAttacker, type Attacker } from './attackers.ts';
import { practiceLogs } from './configuration.ts';
import { serversOf } from './find-servers.ts';

export interface AttackOptions {
  /** The practice folder. */
  dir: string;
  /** Log lines a second; about a fifth as many bans. */
  rate?: number;
  /** Ends it. */
  signal: AbortSignal;
  /** Receives a line for a person at each attacker's first attempt. */
  print?: (line: string) => void;
  /** From 0 up to 1; tests give their own. */
  random?: () => number;
}

const tickMs = 200;
const atOnce = 6;

/**
 * Runs until the signal and answers what it wrote. Throws AppError 409 `practice_missing` when no practice fail2ban
 * runs on `dir`, 422 for a rate that is none.
 */
export async function attack(options: AttackOptions): Promise<{ lines: number; addresses: number }> {
  const { dir, rate = 10, signal, print = toTerminal, random = Math.random } = options;
  if (!(rate > 0 && rate <= 10_000))
    throw invalidInput('The rate is a number of attempts a second, from 1 to 10,000.');
  const folder = await realpath(dir).catch(() => dir);
  if ((await serversOf(folder)).length === 0) {
    throw conflict(
      'practice_missing',
      'No practice fail2ban runs here to be attacked. Start one in another terminal: BANGUI_PRACTICE=always npm start',
    );
  }
  print(
    'Writing failed attempts into the logs of the practice jails; bans follow within seconds. Ctrl-C ends it.',
  );
  const written = { lines: 0, addresses: 0 };
  const attackers: Attacker[] = [];
  let due = 0;
  while (!signal.aborted) {
    due += (rate * tickMs) / 1000;
    const texts = { ssh: '', web: '', mail: '' };
    for (; due >= 1; due -= 1) {
      if (attackers.length < atOnce) {
        const attacker = newAttacker(random);
        attackers.push(attacker);
        written.addresses += 1;
        print(`${attacker.address}  ${attacker.attempts.length} attempts: ${attacker.intent}`);
      }
      const turn = Math.floor(random() * attackers.length);
      const attacker = attackers[turn];
      const service = attacker?.attempts.shift();
      if (attacker === undefined || service === undefined) continue;
      texts[service] += attemptLine({ service, address: attacker.address, at: new Date(), random });
      written.lines += 1;
      if (attacker.attempts.length === 0) attackers.splice(turn, 1);
    }
    for (const service of ['ssh', 'web', 'mail'] as const) {
      if (texts[service] !== '') await appendFile(join(folder, practiceLogs[service]), texts[service]);
    }
    await delay(tickMs, undefined, { signal }).catch(() => undefined);
  }
  return written;
}

const toTerminal = (line: string): void => void process.stdout.write(`${line}\n`);
