/** The code that set-up from another machine asks for: whoever can read the log may choose the password. */
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';

/** No letters that are read as one another. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Eight characters in two groups, e.g. `7K3M-Q9TX`: about 39 bits, tried at most some times a minute. */
export function newSetupCode(): string {
  return grouped(Array.from({ length: 8 }, () => randomInt(alphabet.length)));
}

/**
 * The same for all instances that share the session secret: whichever of them a load balancer picks accepts the code
 * that another printed. Tells nothing of the secret.
 */
export function sharedSetupCode(sessionSecret: string): string {
  const digest = createHmac('sha256', sessionSecret).update('BanGUI set-up code').digest();
  // Four bytes a letter: no letter is more likely than another by anything that matters.
  return grouped(Array.from({ length: 8 }, (_, at) => digest.readUInt32BE(at * 4) % alphabet.length));
}

function grouped(places: readonly number[]): string {
  const letters = places.map((place) => alphabet[place]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** Case, spaces and the dash do not matter. */
export function isSetupCode(given: string | undefined, code: string): boolean {
  const bare = (text: string): Buffer => Buffer.from(text.toUpperCase().replaceAll(/[^A-Z0-9]/g, ''));
  const [left, right] = [bare(given ?? ''), bare(code)];
  return left.length === right.length && timingSafeEqual(left, right);
}
