/** Asks which addresses a jail holds, so few at a time that fail2ban stays answerable to others. */
import type { JailName } from './host.ts';
import type { Commands } from './wire/commands.ts';

/** fail2ban compares a text with every ban it holds: up to 0.1 s for one that is not among 100,000. */
const holdAtMostMs = 40;
const mostAtOnce = 50;

/** An answer per text. The first question is for one; its time says how many fit into the next. */
export async function askHeld(
  commands: Commands,
  jail: JailName,
  ips: readonly string[],
): Promise<boolean[]> {
  const held: boolean[] = [];
  let size = 1;
  while (held.length < ips.length) {
    const asked = ips.slice(held.length, held.length + size);
    const began = performance.now();
    held.push(...(await commands.holds(jail, asked)));
    const each = (performance.now() - began) / asked.length;
    size = Math.max(1, Math.min(mostAtOnce, Math.floor(holdAtMostMs / each)));
  }
  return held;
}
